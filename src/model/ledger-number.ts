import { percent, significant } from './significant.ts'

// Events are stored to the microsecond: less than that between an event and another instant is rounding.
const leastMs = 0.001
const leastShare = 0.0001

/** Time of a step for people: what is less than instants are stored to is "<0.001". */
export function stepMs(ms: number): string {
  return ms > 0 && ms < leastMs ? '<0.001' : significant(ms)
}

/** Share (0..1) of a step in percent: "6.4 %", "<0.01 %". */
export function stepShare(share: number): string {
  return share > 0 && share < leastShare ? '<0.01 %' : percent(share)
}

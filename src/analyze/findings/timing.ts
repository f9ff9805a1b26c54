import { nsPerMs } from '../../metrics/instants.ts'
import { eventFlags } from '../../model/record.ts'
import { milliseconds, outOf, percent, type RunCheck } from './run-check.ts'

/** A request taken up later than this (ms) after its planned instant is late. */
const lateMs = 1

/** More than this share (0..1) late is a doubt: the p99 of the schedule delay is over `lateMs`. */
const lateShare = 0.01

/** The client did not keep its own schedule. */
export const lateDispatch: RunCheck = ({ measured }) => {
  const delays = measured.flatMap(({ dispatchedNs, intendedNs }) =>
    dispatchedNs === undefined || intendedNs === undefined ? [] : [(dispatchedNs - intendedNs) / nsPerMs],
  )
  const late = delays.filter((delay) => delay > lateMs)
  if (late.length <= delays.length * lateShare) return undefined
  const worst = late.reduce((most, delay) => Math.max(most, delay), 0)
  return {
    code: 'late-dispatch',
    severity: 'warning',
    message: `The client took up ${outOf(late.length, delays.length)} requests more than ${lateMs} ms after their planned instant, at worst ${milliseconds(worst)}: the load was less even than asked for.`,
    advice:
      'Read latencies from "intended", which include this delay; use more workers, or a client machine that does nothing else.',
  }
}

/** Up to this share (0..1) of events that share a read with the one before, gaps are taken as they are. */
const coalescedShare = 0.01

/** From this share on the gaps say little about single tokens. */
const manyCoalescedShare = 0.1

/** Events came in one read: the gaps between them are 0 and the gap before them is longer. */
export const coalesced: RunCheck = ({ completed }) => {
  let events = 0
  let shared = 0
  for (const record of completed) {
    events += record.events.flags.length
    for (const flags of record.events.flags) if ((flags & eventFlags.coalesced) !== 0) shared++
  }
  if (shared <= events * coalescedShare) return undefined
  return {
    code: 'coalesced',
    severity: shared > events * manyCoalescedShare ? 'warning' : 'note',
    message: `${percent(shared / events)} of ${events} events came in the same read as the one before: inter-token latencies show bursts (gaps of 0 beside longer ones).`,
    advice:
      'Read TPOT for the pace of tokens. If the server or a proxy does not send in bursts on purpose, use more workers or a lower load.',
  }
}

/** A connect longer than this (ms) waited for a SYN to be sent again: the first timeout is 1 s (RFC 6298). */
const synRetransmitMs = 900

/** The server's listen queue was full when connections were made. */
export const synRetransmit: RunCheck = ({ records }) => {
  const slow = records.filter(
    ({ connectedNs, dispatchedNs }) =>
      connectedNs !== undefined &&
      dispatchedNs !== undefined &&
      connectedNs - dispatchedNs > synRetransmitMs * nsPerMs,
  ).length
  if (slow === 0) return undefined
  return {
    code: 'syn-retransmit',
    severity: 'warning',
    message: `${outOf(slow, records.length)} requests waited more than ${synRetransmitMs} ms for a connection: most likely a SYN was lost because the listen queue of the server was full.`,
    advice: 'Raise the backlog of the server and net.core.somaxconn of its host, or keep connections open.',
  }
}

/** The server closed idle connections as requests were written to them. */
export const staleConnection: RunCheck = ({ records }) => {
  const n = records.filter(
    ({ outcome }) => outcome.kind === 'failed' && outcome.error === 'stale-connection',
  ).length
  if (n === 0) return undefined
  return {
    code: 'stale-connection',
    severity: 'warning',
    message: `${outOf(n, records.length)} requests met a connection that the server was just closing. Assay never sends a request twice, so they failed.`,
    advice:
      'Raise the keep-alive timeout of the server above the time connections are idle, or use fresh connections.',
  }
}

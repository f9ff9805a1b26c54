import type { RequestMetric } from '../model/metric.ts'
import type { RequestRecord } from '../model/record.ts'
import { firstTokenNs, isCompleted, lastTokenNs, nsPerMs } from './instants.ts'

/** One step of a request: it begins where the step before it that took place ended, and ends at its instant. */
interface Step {
  readonly name: string
  readonly title: string
  /** Ns; `undefined` when the step did not take place or nobody stamped its end: its time is in the next one. */
  endNs(record: RequestRecord): number | undefined
  readonly formula: string
}

// In order of time. Without a gap and without an overlap: that is what makes the sum exact.
const steps = [
  {
    name: 'client-wait',
    title: 'waiting for the client',
    endNs: (record) => (record.intendedNs === undefined ? undefined : record.dispatchedNs),
    formula:
      'Instant the client took the request up − instant its schedule wanted it sent. Open loops only: in a closed loop the ledger begins when the client takes the request up.',
  },
  {
    name: 'connect',
    title: 'connecting',
    endNs: (record) => record.connectedNs,
    formula:
      'Instant a connection of its own was ready − instant the client took the request up. Absent on a reused connection.',
  },
  {
    name: 'send',
    title: 'sending the request',
    endNs: (record) => record.writtenNs ?? record.sentNs,
    formula:
      'Instant the kernel had taken the last byte of the request (its first byte, where the last was not stamped) − instant a connection was there: the one of its own, or, when it was reused, when the client took the request up.',
  },
  {
    name: 'headers',
    title: 'waiting for the response head',
    endNs: (record) => record.headersNs,
    formula:
      'The read that completed the response head − end of `ledger-send`. Servers that send their head only with the first token spend here what others spend in `ledger-first-token`: add the two to compare.',
  },
  {
    name: 'first-token',
    title: 'waiting for the first token',
    endNs: firstTokenNs,
    formula: 'First token event − response head. Absent when the reply had no token events.',
  },
  {
    name: 'decode',
    title: 'decoding',
    endNs: (record) => (record.events.atNs.length < 2 ? undefined : lastTokenNs(record)),
    formula: 'Last token event − first token event. Absent when the reply came in fewer than two events.',
  },
  {
    name: 'tail',
    title: 'ending the reply',
    endNs: (record) => record.endNs,
    formula:
      'End of the reply (its last byte, after the closing chunk) − last token event; for a reply without token events, − response head. Events are stored to the microsecond, so that less than 0.001 ms says nothing.',
  },
] as const satisfies readonly Step[]

/** A step of the ledger. */
export type StepName = (typeof steps)[number]['name']

/** The steps in order of time. */
export const stepNames: readonly StepName[] = steps.map(({ name }) => name)

/** Start (ns) of a completed request's ledger; `undefined` when it has none. */
function startNsOf(record: RequestRecord): number | undefined {
  const startNs = record.intendedNs ?? record.dispatchedNs
  if (!isCompleted(record) || startNs === undefined || record.endNs === undefined) return undefined
  return record.endNs < startNs ? undefined : startNs
}

/** End-to-end time (ns) of a completed request: what its steps add up to, exactly. */
export function ledgerNs(record: RequestRecord): number | undefined {
  const startNs = startNsOf(record)
  return startNs === undefined || record.endNs === undefined ? undefined : record.endNs - startNs
}

/**
 * Time (ns) one step of a completed request took; `undefined` when it did not take place.
 * An instant later than one that must follow it counts as that later one's: a reply that overtakes the end of
 * sending (`written` is stamped by a callback of its own) ends the sending, and waiting for its head took 0.
 */
export function stepNs(record: RequestRecord, name: StepName): number | undefined {
  const startNs = startNsOf(record)
  if (startNs === undefined) return undefined
  let boundNs = Number.POSITIVE_INFINITY
  let ownNs: number | undefined
  // Backwards, so that each instant is held by the ones after it; and never before the start.
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step
    const atNs = step.endNs(record)
    if (atNs === undefined) continue
    boundNs = Math.max(startNs, Math.min(atNs, boundNs))
    if (ownNs !== undefined) return ownNs - boundNs
    if (step.name === name) ownNs = boundNs
  }
  return ownNs === undefined ? undefined : ownNs - startNs
}

// `from` tells two starts of one metric apart; a step has one start of its own, so it has one `from`, as `connect-time`.
const from = ['sent'] as const

/** Where the time of a request went, a metric for each step. */
export const ledgerSteps: readonly RequestMetric[] = steps.map(({ name, title, formula }) => ({
  kind: 'request',
  id: `ledger-${name}`,
  title: `Ledger: ${title}`,
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula,
  from,
  collect(record, _from, into) {
    const ns = stepNs(record, name)
    if (ns !== undefined) into.push(ns / nsPerMs)
  },
}))

/** What the steps of the ledger add up to. */
export const ledgerTotal: RequestMetric = {
  kind: 'request',
  id: 'ledger-end-to-end',
  title: 'Ledger: end to end',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'End of the reply − instant the schedule wanted the request sent (open loops) or the client took it up (closed loops), of completed requests. The steps `ledger-client-wait` to `ledger-tail` follow each other without a gap and add up to it, to the nanosecond; a step that did not take place is absent, and the time of one whose end was not stamped is in the next. An instant later than one that must follow it counts as that one. Means over all requests add up too, quantiles do not.',
  from,
  collect(record, _from, into) {
    const ns = ledgerNs(record)
    if (ns !== undefined) into.push(ns / nsPerMs)
  },
}

import { nsPerMs } from '../../metrics/instants.ts'
import { isOpen } from '../../model/load.ts'
import { eventFlags } from '../../model/record.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/samples.ts'
import { milliseconds, outOf, percent, type RunCheck, type RunView } from './run-check.ts'
import { typicalTtftMs } from './typical.ts'

/** A request taken up later than this (ms) after its planned instant is late. */
const lateMs = 1

/** Without polling a timer decides, which comes up to two milliseconds late; a third is left for noise. */
const lateByTimerMs = 3

/** More than this share (0..1) late is a doubt: the p99 of the schedule delay is over the limit. */
const lateShare = 0.01

/** A lateness p99 above this share (0..1) of the median TTFT makes "from intended" a measure of the client. */
const lateBoundShare = 0.5

/** One core cannot send a burst in no time: sending it in this share (0..1) of the median TTFT is good. */
const burstShare = 0.05

function severityOf({ run, completed }: RunView, p99Ms: number) {
  const typicalMs = typicalTtftMs(completed)
  if (typicalMs === undefined) return 'warning'
  if (run.cell.load.pacing.kind === 'burst' && p99Ms <= burstShare * typicalMs) return 'note'
  return p99Ms >= lateBoundShare * typicalMs ? 'invalid' : 'warning'
}

/** The client did not keep its own schedule. */
export const lateDispatch: RunCheck = (view) => {
  const delays = view.measured.flatMap(({ dispatchedNs, intendedNs }) =>
    dispatchedNs === undefined || intendedNs === undefined ? [] : [(dispatchedNs - intendedNs) / nsPerMs],
  )
  const limitMs = view.run.polling ? lateMs : lateByTimerMs
  const late = delays.filter((delay) => delay > limitMs).length
  const sorted = sortSamples(Float64Array.from(delays))
  if (sorted === undefined || late <= delays.length * lateShare) return undefined
  const [p99Ms, worstMs] = [quantile(sorted, 0.99), quantile(sorted, 1)]
  return {
    code: 'late-dispatch',
    severity: severityOf(view, p99Ms),
    message: `The client took up ${outOf(late, delays.length)} requests more than ${limitMs} ms after their planned instant, p99 ${milliseconds(p99Ms)}, at worst ${milliseconds(worstMs)}: the load was less even than asked for.`,
    advice:
      'Read latencies from "intended", which include this delay; use more workers, or a client machine that does nothing else.',
  }
}

/** A rate off by more than this share (0..1) was not the one asked for … */
const rateShare = 0.001

/** … unless the whole difference is this short (ms): the last request of a short phase was late, no more. */
const rateSlackMs = 10

/** The requests that left came at another pace than the schedule's, over the measured phase. */
export const rateNotRealised: RunCheck = ({ run, measured }) => {
  if (!isOpen(run.cell.load.pacing) || run.cell.load.pacing.kind === 'burst') return undefined
  if (run.ended !== 'completed') return undefined
  const planned = measured.flatMap(({ intendedNs }) => intendedNs ?? []).sort((a, b) => a - b)
  const sent = measured
    .flatMap(({ intendedNs, dispatchedNs, outcome }) =>
      intendedNs === undefined || dispatchedNs === undefined || outcome.kind === 'dropped'
        ? []
        : [dispatchedNs],
    )
    .sort((a, b) => a - b)
  const [plannedS, sentS] = [lengthS(planned), lengthS(sent)]
  if (plannedS === undefined || sentS === undefined) return undefined
  const asked = (planned.length - 1) / plannedS
  const realised = (sent.length - 1) / sentS
  const off = realised / asked - 1
  const isSlack = planned.length === sent.length && Math.abs(sentS - plannedS) * 1e3 <= rateSlackMs
  if (Math.abs(off) <= rateShare || isSlack) return undefined
  const gap = (spanS: number, n: number) => milliseconds((spanS / (n - 1)) * 1e3)
  return {
    code: 'rate-not-realised',
    severity: 'warning',
    message: `The schedule asked for ${asked.toPrecision(4)} requests/s and ${realised.toPrecision(4)} left (${off > 0 ? '+' : '−'}${percent(Math.abs(off))}): a request every ${gap(sentS, sent.length)} rather than ${gap(plannedS, planned.length)}; ${planned.length - sent.length} of ${planned.length} were never sent.`,
    advice:
      'Read the results as those of the realised rate. If requests were dropped the target does not keep up; if they left late, the client does not.',
  }
}

/** From the first to the last of sorted instants (ns), in s; absent when that is no time. */
function lengthS(sorted: readonly number[]): number | undefined {
  const [first, last] = [sorted[0], sorted[sorted.length - 1]]
  return first === undefined || last === undefined || last <= first ? undefined : (last - first) / 1e9
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

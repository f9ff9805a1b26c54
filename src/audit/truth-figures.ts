import type { Truth, TruthRequest } from '../model/truth.ts'
import { mean } from '../stats/mean.ts'
import { quantile } from '../stats/quantile.ts'
import { sortSamples } from '../stats/samples.ts'
import { type Figures, knownFigures } from './figures.ts'

/** What the reference server saw and wrote, as figures. Absent: too few requests or events for it. */
export interface TruthFigures {
  /** Requests that are counted here: all that came, less those left out. */
  readonly requests: number
  /** Requests left out: warm-up and readiness checks. */
  readonly leftOut: number
  /** Requests whose reply came to its end; the others are in no latency. */
  readonly completed: number
  /** Completed replies that came in one event (not streamed): they have no TTFT, ITL or TPOT. */
  readonly notStreamed: number
  readonly events: number
  /** From the first arrival to the last. */
  readonly arrivalSpreadMs?: number
  /** Gaps between arrivals per second. */
  readonly arrivalsPerSecond?: number
  /** Standard deviation of these gaps over their mean: 0 evenly spaced, 1 Poisson. */
  readonly arrivalGapCv?: number
  /** Most requests that had arrived and were not yet answered to their last event. */
  readonly peakOpen: number
  readonly figures: Figures
}

const NS_PER_MS = 1e6
const NS_PER_S = 1e9

/** The figures of a log; `isMeasured` says which requests count. */
export function truthFigures(truth: Truth, isMeasured: (request: TruthRequest) => boolean): TruthFigures {
  const requests = truth.requests.filter(isMeasured)
  const completed = requests.filter(({ complete, eventNs }) => complete && eventNs.length > 0)
  const streamed = completed.filter(({ eventNs, tokens }) => eventNs.length > 1 || tokens <= 1)
  const ttft = streamed.map((request) => (firstNs(request) - request.arrivalNs) / NS_PER_MS)
  const e2e = completed.map((request) => (lastNs(request) - request.arrivalNs) / NS_PER_MS)
  const paced = streamed.filter(({ eventNs, tokens }) => eventNs.length > 1 && tokens > 1)
  const tpot = paced.map((request) => (lastNs(request) - firstNs(request)) / NS_PER_MS / (request.tokens - 1))
  const itl = gaps(streamed)
  const outputTokens = completed.reduce((sum, { tokens }) => sum + tokens, 0)
  const spanS = activeS(requests)
  return {
    requests: requests.length,
    leftOut: truth.requests.length - requests.length,
    completed: completed.length,
    notStreamed: completed.length - streamed.length,
    events: requests.reduce((sum, { eventNs }) => sum + eventNs.length, 0),
    ...arrivals(requests.map(({ arrivalNs }) => arrivalNs)),
    peakOpen: peakOpen(requests),
    figures: knownFigures({
      requests: completed.length,
      ...quantiles('ttftP50Ms', 'ttftP99Ms', ttft),
      ...quantiles('itlP50Ms', 'itlP99Ms', itl),
      ...quantiles('tpotP50Ms', 'tpotP99Ms', tpot),
      ...quantiles('e2eP50Ms', 'e2eP99Ms', e2e),
      outputTokens,
      ...(spanS === undefined
        ? {}
        : { outputTokensPerSecond: outputTokens / spanS, requestsPerSecond: completed.length / spanS }),
    }),
  }
}

function firstNs({ eventNs, arrivalNs }: TruthRequest): number {
  return eventNs[0] ?? arrivalNs
}

function lastNs({ eventNs, arrivalNs }: TruthRequest): number {
  return eventNs.at(-1) ?? arrivalNs
}

/** The gaps between the events of each request, all together, in ms. */
function gaps(requests: readonly TruthRequest[]): Float64Array {
  const all = new Float64Array(requests.reduce((sum, { eventNs }) => sum + eventNs.length - 1, 0))
  let at = 0
  for (const { eventNs } of requests) {
    for (let i = 1; i < eventNs.length; i++) {
      all[at++] = ((eventNs[i] as number) - (eventNs[i - 1] as number)) / NS_PER_MS
    }
  }
  return all
}

function quantiles<P50 extends string, P99 extends string>(
  p50: P50,
  p99: P99,
  values: ArrayLike<number>,
): { [name in P50 | P99]?: number } {
  const sorted = sortSamples(Float64Array.from(values))
  if (sorted === undefined) return {}
  return { [p50]: quantile(sorted, 0.5), [p99]: quantile(sorted, 0.99) } as { [name in P50 | P99]?: number }
}

/** From the first arrival to the last event, in s: what rates are divided by. */
function activeS(requests: readonly TruthRequest[]): number | undefined {
  let first = Infinity
  let last = -Infinity
  for (const request of requests) {
    first = Math.min(first, request.arrivalNs)
    last = Math.max(last, lastNs(request))
  }
  return last > first ? (last - first) / NS_PER_S : undefined
}

function arrivals(
  arrivalNs: readonly number[],
): Pick<TruthFigures, 'arrivalSpreadMs' | 'arrivalsPerSecond' | 'arrivalGapCv'> {
  const sorted = [...arrivalNs].sort((a, b) => a - b)
  const between = sorted.slice(1).map((at, i) => at - (sorted[i] as number))
  const average = mean(between)
  if (average === undefined) return {}
  const arrivalSpreadMs = (average * between.length) / NS_PER_MS
  if (average === 0) return { arrivalSpreadMs }
  const squares = mean(between.map((gap) => (gap - average) ** 2))
  return {
    arrivalSpreadMs,
    arrivalsPerSecond: NS_PER_S / average,
    ...(squares === undefined || between.length < 2 ? {} : { arrivalGapCv: Math.sqrt(squares) / average }),
  }
}

/** At one instant an end counts before an arrival: the slot it frees is the one that is taken. */
function peakOpen(requests: readonly TruthRequest[]): number {
  const changes = requests.flatMap((request) => [
    { atNs: request.arrivalNs, change: 1 },
    { atNs: lastNs(request), change: -1 },
  ])
  // A request without an event opens and closes at once: it is not counted as open.
  changes.sort((a, b) => a.atNs - b.atNs || a.change - b.change)
  let open = 0
  let peak = 0
  for (const { change } of changes) {
    open += change
    peak = Math.max(peak, open)
  }
  return peak
}

import { delivers } from '../metrics/delivery.ts'
import { isCompleted } from '../metrics/instants.ts'
import { eventTokens, outputTokens } from '../metrics/token-counts.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Series } from '../model/report.ts'

const nsPerS = 1e9

/** Most bins of a curve over time; the width is the smallest of 1, 2, 5 × 10ᵏ s that needs no more. */
export const maxBins = 120

interface Bins {
  readonly widthNs: number
  /** Where the first bin begins; bins never cross the origin, so none mixes warm-up and measurement. */
  readonly startNs: number
  readonly count: number
}

function binsOver(firstNs: number, lastNs: number, originNs: number): Bins {
  for (let power = -6; ; power++) {
    for (const digit of [1, 2, 5]) {
      const widthNs = digit * 10 ** power * nsPerS
      const first = Math.floor((firstNs - originNs) / widthNs)
      const last = Math.floor((lastNs - originNs) / widthNs)
      const count = last - first + 1
      if (count <= maxBins) return { widthNs, startNs: originNs + first * widthNs, count }
    }
  }
}

function binOf(bins: Bins, atNs: number): number {
  return Math.min(Math.floor((atNs - bins.startNs) / bins.widthNs), bins.count - 1)
}

/** Middle of a bin, without the digits that floating point makes up. */
function middleS(bins: Bins, bin: number, originNs: number): number {
  return Number(((bins.startNs - originNs + (bin + 0.5) * bins.widthNs) / nsPerS).toPrecision(12))
}

function addTokens(record: RequestRecord, bins: Bins, into: Float64Array): void {
  const count = outputTokens(record)?.value
  if (count === undefined || !delivers(record)) return
  const { atNs, tokens } = record.events
  const all = eventTokens(record)
  if (all === 0) {
    if (record.endNs !== undefined) add(into, binOf(bins, record.endNs), count)
    return
  }
  for (let i = 0; i < atNs.length; i++) {
    add(into, binOf(bins, atNs[i] as number), (count * (tokens[i] as number)) / all)
  }
}

function addTimeInFlight(record: RequestRecord, bins: Bins, into: Float64Array): void {
  if (record.sentNs === undefined) return
  const endNs = record.endNs ?? bins.startNs + bins.count * bins.widthNs
  const last = binOf(bins, endNs)
  for (let bin = binOf(bins, record.sentNs); bin <= last; bin++) {
    const fromNs = bins.startNs + bin * bins.widthNs
    add(into, bin, Math.min(endNs, fromNs + bins.widthNs) - Math.max(record.sentNs, fromNs))
  }
}

function add(into: Float64Array, bin: number, value: number): void {
  into[bin] = (into[bin] ?? 0) + value
}

/**
 * A run over time, warm-up and drain included: completions/s, output tokens/s and the mean number of requests in
 * flight, per bin. `x` is the middle of a bin in seconds since `originNs`. Nothing was sent: no series.
 */
export function timeSeries(run: string, records: readonly RequestRecord[], originNs: number): Series[] {
  let firstNs = Number.POSITIVE_INFINITY
  let lastNs = Number.NEGATIVE_INFINITY
  for (const { sentNs, endNs, events } of records) {
    if (sentNs === undefined) continue
    firstNs = Math.min(firstNs, sentNs)
    lastNs = Math.max(lastNs, sentNs, endNs ?? events.atNs[events.atNs.length - 1] ?? sentNs)
  }
  if (lastNs <= firstNs) return []
  const bins = binsOver(firstNs, lastNs, originNs)
  const completions = new Float64Array(bins.count)
  const tokens = new Float64Array(bins.count)
  const inFlight = new Float64Array(bins.count)
  for (const record of records) {
    if (isCompleted(record) && record.endNs !== undefined) add(completions, binOf(bins, record.endNs), 1)
    addTokens(record, bins, tokens)
    addTimeInFlight(record, bins, inFlight)
  }
  const x = Array.from(completions, (_, bin) => middleS(bins, bin, originNs))
  const perSecond = (sums: Float64Array) => Array.from(sums, (sum) => sum / (bins.widthNs / nsPerS))
  return [
    { run, id: 'requests-per-second', x, y: perSecond(completions) },
    { run, id: 'output-tokens-per-second', x, y: perSecond(tokens) },
    { run, id: 'in-flight', x, y: Array.from(inFlight, (sum) => sum / bins.widthNs) },
  ]
}

import type { FrozenWorkload } from '../model/request.ts'
import { printable } from '../report/terminal-text.ts'
import type { TokenizerComparison } from '../workloads/compare-tokenizers.ts'
import type { LengthSummary, WorkloadSummary } from '../workloads/summary.ts'

const bins = 12
const barColumns = 36
const blocks = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']

/** A frozen workload as lines for a terminal. */
export function workloadText(workload: FrozenWorkload, summary: WorkloadSummary): string[] {
  const { cache, arrivalsNs, arrivalsSha256, notices, replayable } = workload
  const kinds = Object.entries(summary.kinds).map(([kind, count]) => `${whole(count)} ${kind}`)
  const approximate = summary.approximate ? ' (approximate)' : ''
  return [
    printable(`${workload.name}: ${whole(summary.requests)} requests (${kinds.join(', ')})`),
    `  sha256 ${workload.sha256}`,
    ...(replayable === false ? ['  NOT REPLAYABLE: the server’s answers are fed back'] : []),
    ...lengthLines(`input tokens${approximate}`, summary.input, summary.inputsCounted),
    ...lengthLines('output tokens', summary.output, summary.requests),
    `  unique inputs ${whole(summary.uniqueInputs)} of ${whole(summary.requests)}; ${percent(summary.sharedShare)} of the characters stand in a beginning shared with an earlier input`,
    ...(cache === undefined
      ? []
      : [
          `  cache contract ${cache.contract.kind === 'hit-rate' ? `hit rate ${percent(cache.contract.share)}` : cache.contract.kind}: ${percent(cache.cachedShare)} of the prompt tokens can come from a cache that holds ${whole(cache.prefixTokens)} tokens`,
        ]),
    ...(summary.sessions === 0 ? [] : [`  sessions ${whole(summary.sessions)}`]),
    ...(summary.images + summary.tools === 0
      ? []
      : [
          `  images ${whole(summary.images)}, definitions of tools ${whole(summary.tools)} (not in the token counts)`,
        ]),
    ...(arrivalsNs === undefined ? [] : [arrivalLine(arrivalsNs), `  arrivals sha256 ${arrivalsSha256}`]),
    ...notices.map((notice) => `  note: ${printable(notice)}`),
  ]
}

/** The same as data. */
export function workloadJson(workload: FrozenWorkload, summary: WorkloadSummary): object {
  const plain = (lengths: LengthSummary | undefined) => {
    if (lengths === undefined) return undefined
    const { sorted: _, ...figures } = lengths
    return figures
  }
  const { name, sha256, arrivalsSha256, cache, replayable, notices } = workload
  return {
    name,
    sha256,
    arrivalsSha256,
    replayable: replayable ?? true,
    ...summary,
    input: plain(summary.input),
    output: plain(summary.output),
    cache,
    notices,
  }
}

/** What two tokenizers make of a workload, as lines. */
export function comparisonText(
  name: string,
  [first, second]: readonly [string, string],
  found: TokenizerComparison,
): string[] {
  const { prompts, differing, openingOnly, otherLength, tokens, samples, withoutText } = found
  return [
    printable(`${name}: ${whole(differing)} of ${whole(prompts)} prompts have other token ids`),
    `  A ${printable(first)}: ${whole(tokens[0])} tokens`,
    `  B ${printable(second)}: ${whole(tokens[1])} tokens`,
    `  ${whole(otherLength)} have another length; ${whole(openingOnly)} differ in what is put before them (BOS) alone`,
    ...(withoutText === 0 ? [] : [`  ${whole(withoutText)} requests hold no plain text and were left out`]),
    ...samples.map(
      ({ request, tokens: [a, b], at, near }) =>
        `  request ${request}: ${a} and ${b} tokens, first other id at ${at}, near ${printable(JSON.stringify(near))}`,
    ),
  ]
}

function lengthLines(title: string, lengths: LengthSummary | undefined, counted: number): string[] {
  if (lengths === undefined) return [`  ${title}: not counted (give the workload a tokenizer)`]
  const { total, mean, median, min, max } = lengths
  return [
    `  ${title}: total ${whole(total)}, mean ${mean.toFixed(1)}, median ${median}, ${min} to ${max}, of ${whole(counted)}`,
    ...histogram(lengths).map((line) => `    ${line}`),
  ]
}

/** Bars of equal bins from the shortest to the longest. */
export function histogram({ sorted, min, max }: Pick<LengthSummary, 'sorted' | 'min' | 'max'>): string[] {
  if (min === max) return []
  const width = Math.max(1, Math.ceil((max - min + 1) / bins))
  const counts = Array.from({ length: Math.ceil((max - min + 1) / width) }, () => 0)
  for (const length of sorted) {
    const bin = Math.floor((length - min) / width)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const most = Math.max(...counts)
  const digits = String(max).length
  return counts.map((count, i) => {
    const from = String(min + i * width).padStart(digits)
    const to = String(Math.min(max, min + (i + 1) * width - 1)).padStart(digits)
    return `${from}-${to} ${bar(count / most).padEnd(barColumns)} ${whole(count)}`
  })
}

function bar(share: number): string {
  const eighths = Math.round(share * barColumns * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + (blocks[eighths % 8] ?? '').trimEnd()
}

function arrivalLine(arrivalsNs: Float64Array): string {
  const seconds = (arrivalsNs.at(-1) ?? 0) / 1e9
  const rate = seconds > 0 ? `, ${((arrivalsNs.length - 1) / seconds).toFixed(3)} a second` : ''
  return `  arrivals over ${seconds.toFixed(3)} s${rate}`
}

function whole(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

import type { Fit, FitQuestion, Split, SplitFit } from './fit.ts'
import { fitAdvice } from './fit-advice.ts'

/** What the answer is about, in words. */
export interface FitTitle {
  readonly model: string
  /** "fp16", "awq". */
  readonly weights: string
  readonly kv: string
  readonly notes: readonly string[]
}

/** "2 x TP4", "1 x TP4 PP2": replicas, and how one of them is split. */
export function splitName({ replicas, tensor, pipeline }: Split): string {
  return `${replicas} x TP${tensor}${pipeline === 1 ? '' : ` PP${pipeline}`}`
}

/** What `assay fit` prints: the question, a line for each split, and the verdict. */
export function fitText(question: FitQuestion, answer: Fit, title: FitTitle): string {
  const { gpus, memoryFraction, overheadGib, context } = question
  const rows = [
    ['split', 'weights', 'for KV', 'KV tokens', 'KV tokens', 'requests', 'requests'],
    ['', 'GiB a GPU', 'GiB a GPU', 'a replica', 'in all', 'a replica', 'in all'],
    ...answer.splits.map(cells),
  ]
  const columns = rows[0]?.length ?? 0
  // The last cell of a shorter row is a remark, which may run on.
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(
      ...rows.map((row) => (row.length === columns || i < row.length - 1 ? (row[i]?.length ?? 0) : 0)),
    ),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${[
    `${title.model}: ${count(answer.parameters / 1e6)} M parameters; weights ${gigabytes(answer.weightsBytes)} GB (${title.weights}); KV cache ${count(answer.kvBytesPerToken / 1024)} KiB a token (${title.kv})`,
    `${gpus.count} x ${gpus.name}: ${gpus.gib.toFixed(1)} GiB each, ${Math.round(memoryFraction * 100)} % of it for the engine, ${overheadGib} GiB of that for all but weights and KV cache`,
    `a request: ${count(context)} tokens of prompt and output`,
    ...title.notes.map((note) => `note: ${note}`),
    '',
    ...lines,
    '',
    ...fitAdvice(question, answer, splitName),
  ].join('\n')}\n`
}

function cells(split: SplitFit): readonly string[] {
  const name = splitName(split)
  switch (split.state) {
    case 'indivisible':
      return [name, `not possible: ${split.why}`]
    case 'weights':
      return [
        name,
        split.weightsGib.toFixed(1),
        `does not fit: ${(-split.kvGib).toFixed(1)} GiB a GPU are missing`,
      ]
    case 'context':
    case 'fits':
      return [
        name,
        split.weightsGib.toFixed(1),
        split.kvGib.toFixed(1),
        count(split.tokensPerReplica),
        count(split.tokensInAll),
        count(split.requestsPerReplica),
        count(split.requestsInAll),
      ]
    default:
      return split.state satisfies never
  }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}

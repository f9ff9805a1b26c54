import { emptyFile } from './mistakes.ts'
import { measure, outputsOf } from './request-parts.ts'
import { readRows } from './rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

/**
 * LongBench: a context and a question about it in each prompt, from JSONL (or Parquet, CSV) with the columns `context` and
 * `input`. `bands` keeps the prompts whose length in tokens lies in one of them; a notice counts each band.
 */
export async function* longBench(
  spec: SpecOf<'longbench'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, bands } = spec.source
  const outputs = outputsOf(spec, context.seed)
  const counts = (bands ?? []).map(() => 0)
  let id = 0
  let rows = 0
  let outside = 0
  for await (const { fields, line } of readRows(path, ['context'], ['input'], context)) {
    rows++
    const { context: document, input } = fields
    const text = [document, input].filter((part) => typeof part === 'string' && part !== '').join('\n\n')
    if (text === '') continue
    const inputTokens = measure(text, context.tokenizer)
    const band = bands?.findIndex(([from, to]) => inputTokens.value >= from && inputTokens.value <= to)
    if (band === -1) {
      outside++
      continue
    }
    if (band !== undefined) counts[band] = (counts[band] ?? 0) + 1
    yield {
      id,
      input: { kind: 'prompt', text },
      output: { tokens: outputs(id), mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens,
      place: `${path}:${line}`,
    }
    id++
  }
  if (bands !== undefined && rows > 0) {
    const each = bands.map(([from, to], i) => `${from}-${to}: ${counts[i] ?? 0}`).join(', ')
    context.notice(`Prompts by length in tokens: ${each}; ${outside} in no band are left out.`)
  }
  if (id > 0) return
  throw emptyFile(
    path,
    outside > 0
      ? `All its ${outside} prompts lie outside the bands: change "bands".`
      : 'Expected rows with "context" and "input".',
  )
}

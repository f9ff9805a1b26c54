import { emptyFile } from './mistakes.ts'
import { counted, measure, outputsOf } from './request-parts.ts'
import { readRows } from './rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

const defaultInstruction = 'Summarize: '

/**
 * CNN/DailyMail: an instruction and an article in each prompt. Reads Parquet, CSV or JSON with the columns `article` and
 * `highlights`; without an output length of the workload, an answer is as long as its highlights.
 */
export async function* cnnDailyMail(
  spec: SpecOf<'cnn-dailymail'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, instruction = defaultInstruction, output } = spec.source
  const outputs = outputsOf(spec, context.seed)
  let id = 0
  let empty = 0
  for await (const { fields, line } of readRows(path, ['article'], ['highlights'], context)) {
    const { article, highlights } = fields
    if (typeof article !== 'string' || article.trim() === '') {
      empty++
      continue
    }
    const recorded = typeof highlights === 'string' && output === undefined
    const tokens = recorded ? Math.max(1, measure(highlights, context.tokenizer).value) : outputs(id)
    const request = {
      id,
      input: { kind: 'prompt' as const, text: `${instruction}${article}` },
      output: { tokens, mode: spec.outputMode },
      sampling: spec.sampling,
      place: `${path}:${line}`,
    }
    yield counted(request, context.tokenizer)
    id++
  }
  if (empty > 0) context.notice(`${empty} rows of ${path} have no article and are left out.`)
  if (id === 0) throw emptyFile(path, 'Expected rows with "article" and "highlights".')
}

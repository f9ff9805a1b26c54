import { messageOf } from '../model/errors.ts'
import type { Sampling } from '../model/workload.ts'
import { UnusedFields } from './jsonl.ts'
import { type JsonlLine, readFields } from './jsonl-line.ts'
import { emptyFile, FileMistakes, isObject, shown } from './mistakes.ts'
import { readRecords } from './records.ts'
import { counted, outputsOf } from './request-parts.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

const urls = ['/v1/chat/completions', '/v1/completions']
/** What belongs to the transport, not to the request. */
const ours = ['model', 'stream', 'stream_options']

/**
 * The input file of a batch API: a line {"custom_id", "method": "POST", "url", "body"} for each request. Bodies are read,
 * not sent: every dialect can say them, under the model of its target.
 */
export async function* openAiBatch(
  spec: SpecOf<'openai-batch'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path } = spec.source
  const mistakes = new FileMistakes(path)
  const unused = new UnusedFields()
  const outputs = outputsOf(spec, context.seed)
  let id = 0
  for await (const { text, line } of readRecords(path)) {
    const read = readLine(text, (message) => mistakes.add(line, message))
    if (read === undefined || mistakes.any) continue
    unused.add(read.unused.map((field) => `body.${field}`))
    const request = {
      id,
      input: read.input,
      output: { tokens: read.outputTokens ?? outputs(id), mode: spec.outputMode },
      sampling: { ...spec.sampling, ...read.sampling },
      place: `${path}:${line}`,
    }
    yield counted(request, context.tokenizer)
    id++
  }
  mistakes.check()
  unused.tell(path, context.notice)
  if (id === 0) {
    throw emptyFile(path, 'Expected lines {"custom_id", "method": "POST", "url", "body": {…}}.')
  }
}

function readLine(text: string, mistake: (message: string) => void): JsonlLine | undefined {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch (error) {
    mistake(`not JSON (${messageOf(error)}); expected {"custom_id", "method", "url", "body"}.`)
    return undefined
  }
  const { url, body } = isObject(line) ? line : {}
  if (!isObject(body)) {
    mistake(`"body" is ${shown(body)}; expected the body of a request.`)
    return undefined
  }
  if (url !== undefined && !urls.some((known) => String(url).endsWith(known))) {
    mistake(`"url" is ${shown(url)}; expected ${urls.join(' or ')}.`)
    return undefined
  }
  const { max_completion_tokens, presence_penalty, frequency_penalty, n, ...rest } = body
  const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !ours.includes(name)))
  const read = readFields(
    max_completion_tokens === undefined ? fields : { ...fields, output_tokens: max_completion_tokens },
    mistake,
  )
  if (read === undefined) return undefined
  const more: Sampling = {
    ...(typeof presence_penalty === 'number' ? { presencePenalty: presence_penalty } : {}),
    ...(typeof frequency_penalty === 'number' ? { frequencyPenalty: frequency_penalty } : {}),
    ...(typeof n === 'number' && n > 1 ? { n } : {}),
  }
  return { ...read, sampling: { ...read.sampling, ...more } }
}

import { messageOf } from '../model/errors.ts'
import { emptyFile, FileMistakes, isCount, isObject, shown } from './mistakes.ts'
import { readRecords } from './records.ts'
import { outputsOf } from './request-parts.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

/** Where servers have the length of an output, from the top of a body. */
const lengthPlaces = [
  ['max_tokens'],
  ['max_completion_tokens'],
  ['max_output_tokens'],
  ['max_new_tokens'],
  ['n_predict'],
  ['parameters', 'max_new_tokens'],
  ['parameters', 'max_tokens'],
  ['sampling_params', 'max_new_tokens'],
  ['options', 'num_predict'],
] as const
const exactPlaces = [['ignore_eos'], ['parameters', 'ignore_eos'], ['sampling_params', 'ignore_eos']] as const

/**
 * Whole request bodies, an object a line or the elements of an array, sent byte for byte. The output length and whether it
 * is forced are read from the body, so that results can be held against it; sampling is the body's own.
 */
export async function* bodies(
  spec: SpecOf<'bodies'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path } = spec.source
  const mistakes = new FileMistakes(path)
  const outputs = outputsOf(spec, context.seed)
  let id = 0
  let silent = 0
  for await (const { text, line } of readRecords(path)) {
    const body = readBody(text, (message) => mistakes.add(line, message))
    if (body === undefined || mistakes.any) continue
    const stated = lengthPlaces.map((place) => at(body, place)).find(isCount)
    if (stated === undefined) silent++
    const isExact = exactPlaces.some((place) => at(body, place) === true)
    yield {
      id,
      input: { kind: 'body', text: text.trim() },
      output: { tokens: stated ?? outputs(id), mode: isExact ? 'exact' : 'up-to' },
      sampling: isCount(body.n) && body.n > 1 ? { n: body.n } : {},
      place: `${path}:${line}`,
    }
    id++
  }
  mistakes.check()
  if (id === 0) throw emptyFile(path, 'Write one request body a line, as the server takes it.')
  if (silent > 0) {
    context.notice(
      `${silent} of ${id} bodies state no output length: the workload’s output.tokens is expected of them, and not sent.`,
    )
  }
}

function readBody(
  text: string,
  mistake: (message: string) => void,
): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return body
    mistake(`the body is ${shown(body)}; expected an object.`)
  } catch (error) {
    mistake(`not JSON (${messageOf(error)}); expected the body of a request.`)
  }
  return undefined
}

function at(body: Readonly<Record<string, unknown>>, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), body)
}

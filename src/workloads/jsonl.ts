import { readFile } from 'node:fs/promises'
import { AssayError, messageOf } from '../model/errors.ts'
import type { TokenCount } from '../model/record.ts'
import type { Request, RequestInput } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { makeRng } from '../random/rng.ts'
import { readJsonlLine } from './jsonl-line.ts'
import { drawLength } from './lengths.ts'
import type { FreezeOptions, SourceResult, SpecOf } from './source.ts'

/** Output length of a line that states none, in a workload that states none. */
const defaultOutputTokens = 128
const shownMistakes = 20
const shownFields = 8

/**
 * Your own prompts, one JSON object a line: `prompt` (text or token ids) or `messages`, and if wanted
 * `output_tokens` (or `max_tokens`), `temperature`, `top_p`, `seed`, `stop`. All lines, or the first `size`, in
 * the order of the file. Throws `input-file` when it cannot be read, `bad-input-file` with all mistakes by line.
 */
export async function jsonl(spec: SpecOf<'jsonl'>, options: FreezeOptions): Promise<SourceResult> {
  const { path, output } = spec.source
  const root = makeRng(options.seed).split('workload').split(spec.name)
  const mistakes: string[] = []
  const requests: Request[] = []
  const unused = new Map<string, number>()
  for (const [i, text] of (await readText(path)).split('\n').entries()) {
    if (text.trim() === '') continue
    const line = readJsonlLine(text, (message) => mistakes.push(`${path}:${i + 1}: ${message}`))
    if (line === undefined) continue
    for (const field of line.unused) unused.set(field, (unused.get(field) ?? 0) + 1)
    const id = requests.length
    const drawn =
      output === undefined
        ? defaultOutputTokens
        : drawLength(output, root.split(`${id}`).split('output length'))
    requests.push({
      id,
      input: line.input,
      output: { tokens: line.outputTokens ?? drawn, mode: spec.outputMode },
      sampling: { ...spec.sampling, ...line.sampling },
    })
  }
  if (mistakes.length > 0) throw mistakesError(path, mistakes)
  if (requests.length === 0) {
    throw new AssayError('input-file', `The workload file ${path} holds no request.`, {
      hint: 'Write one JSON object a line, such as {"prompt": "Why is the sky blue?"}.',
    })
  }
  return {
    requests: requests.slice(0, spec.size).map((request) => withInputTokens(request, options.tokenizer)),
    notices: unused.size === 0 ? [] : [unusedNotice(path, unused)],
  }
}

/** The file as text, without a byte order mark. */
async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    throw new AssayError('input-file', `The workload file ${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'It must be UTF-8 text; paths in a study are relative to the study file.',
      cause,
    })
  }
}

function withInputTokens(request: Request, tokenizer: Tokenizer | undefined): Request {
  const inputTokens = countInput(request.input, tokenizer)
  return inputTokens === undefined ? request : { ...request, inputTokens }
}

/** A chat's length depends on the server's template, so it is left to the server. */
function countInput(input: RequestInput, tokenizer: Tokenizer | undefined): TokenCount | undefined {
  if (input.kind === 'tokens') return { value: input.ids.length, source: 'token-ids' }
  if (input.kind !== 'prompt' || tokenizer === undefined) return undefined
  return { value: tokenizer.encode(input.text).length, source: 'tokenizer' }
}

function unusedNotice(path: string, unused: ReadonlyMap<string, number>): string {
  const fields = [...unused].map(([field, lines]) => `${field} (${lines} ${lines === 1 ? 'line' : 'lines'})`)
  const more = fields.length > shownFields ? `, and ${fields.length - shownFields} more` : ''
  return `Fields of ${path} that are not used: ${fields.slice(0, shownFields).join(', ')}${more}.`
}

function mistakesError(path: string, mistakes: readonly string[]): AssayError {
  const shown = mistakes.slice(0, shownMistakes)
  const rest = mistakes.length - shown.length
  const more = rest > 0 ? [`… and ${rest} more: ${mistakes.length} mistakes in total.`] : []
  return new AssayError('bad-input-file', [...shown, ...more].join('\n'), {
    hint: `Mend ${path} and run again; nothing was sent.`,
  })
}

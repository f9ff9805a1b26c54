import { readFile } from 'node:fs/promises'
import { AssayError, messageOf } from '../model/errors.ts'
import type { ChatMessage, Request, RequestInput } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { makeRng } from '../random/rng.ts'
import { drawLength } from './lengths.ts'
import type { FreezeOptions, SourceResult, SpecOf } from './source.ts'

/** Output length of a line that states none, in a workload that states none. */
const defaultOutputTokens = 128
const shownMistakes = 20
const roles = ['system', 'user', 'assistant', 'tool']

/**
 * Your own prompts, one JSON object a line: `prompt` (text or token ids) or `messages`, and if wanted
 * `output_tokens` (or `max_tokens`), `temperature`, `top_p`, `seed`, `stop`. Used in the order of the file.
 * Throws `bad-input-file` with all mistakes by line.
 */
export async function jsonl(spec: SpecOf<'jsonl'>, options: FreezeOptions): Promise<SourceResult> {
  const { path } = spec.source
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AssayError('input-file', `The workload file ${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'Paths in a study are relative to the study file.',
      cause,
    })
  })
  const root = makeRng(options.seed).split('workload').split(spec.name)
  const mistakes: string[] = []
  const requests: Request[] = []
  const add = (line: number, message: string) => mistakes.push(`${path}:${line}: ${message}`)
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const parsed = readLine(line, (message) => add(i + 1, message))
    if (parsed === undefined) continue
    const id = requests.length
    const { output } = spec.source
    const drawn =
      output === undefined
        ? defaultOutputTokens
        : drawLength(output, root.split(`${id}`).split('output length'))
    requests.push({
      id,
      input: parsed.input,
      output: { tokens: parsed.outputTokens ?? drawn, mode: spec.outputMode },
      sampling: { ...spec.sampling, ...parsed.sampling },
    })
  }
  if (mistakes.length > 0) throw mistakesError(path, mistakes)
  if (requests.length === 0) {
    throw new AssayError('input-file', `The workload file ${path} holds no request.`, {
      hint: 'Write one JSON object a line, such as {"prompt": "Why is the sky blue?"}.',
    })
  }
  return { requests: requests.slice(0, options.count), notices: [] }
}

interface Line {
  readonly input: RequestInput
  readonly outputTokens: number | undefined
  readonly sampling: Sampling
}

/** One line's request, or undefined after telling what is wrong with it. */
function readLine(text: string, mistake: (message: string) => void): Line | undefined {
  let fields: Record<string, unknown>
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      mistake('expected a JSON object, such as {"prompt": "…"}.')
      return undefined
    }
    fields = value as Record<string, unknown>
  } catch (error) {
    mistake(`not JSON: ${messageOf(error)}.`)
    return undefined
  }
  const input = readInput(fields, mistake)
  const outputTokens = fields.output_tokens ?? fields.max_tokens
  if (outputTokens !== undefined && !isCount(outputTokens)) {
    mistake('"output_tokens" must be a whole number of at least 1.')
    return undefined
  }
  const sampling = readSampling(fields, mistake)
  if (input === undefined || sampling === undefined) return undefined
  return { input, outputTokens, sampling }
}

function readInput(
  fields: Record<string, unknown>,
  mistake: (message: string) => void,
): RequestInput | undefined {
  const { prompt, messages } = fields
  if ((prompt === undefined) === (messages === undefined)) {
    mistake('expected either "prompt" (text or token ids) or "messages".')
    return undefined
  }
  if (typeof prompt === 'string' && prompt !== '') return { kind: 'prompt', text: prompt }
  if (Array.isArray(prompt) && prompt.length > 0 && prompt.every((id) => Number.isInteger(id) && id >= 0)) {
    return { kind: 'tokens', ids: prompt as number[] }
  }
  if (prompt !== undefined) {
    mistake('"prompt" must be a text, or a list of token ids.')
    return undefined
  }
  if (Array.isArray(messages) && messages.length > 0 && messages.every(isMessage)) {
    return { kind: 'chat', messages: messages.map(({ role, content }) => ({ role, content })) }
  }
  mistake(`"messages" must be a list of {"role", "content"}; roles: ${roles.join(', ')}.`)
  return undefined
}

function isMessage(value: unknown): value is ChatMessage {
  const { role, content } = (value ?? {}) as Record<string, unknown>
  return typeof role === 'string' && roles.includes(role) && typeof content === 'string'
}

function readSampling(
  fields: Record<string, unknown>,
  mistake: (message: string) => void,
): Sampling | undefined {
  const { temperature, top_p: topP, seed, stop } = fields
  const checks: [name: string, value: unknown, ok: boolean, expected: string][] = [
    ['temperature', temperature, isNumber(temperature) && temperature >= 0, 'a number of at least 0'],
    ['top_p', topP, isNumber(topP) && topP > 0 && topP <= 1, 'a number above 0 and up to 1'],
    ['seed', seed, Number.isInteger(seed), 'a whole number'],
    ['stop', stop, isStop(stop), 'a text or a list of texts'],
  ]
  const wrong = checks.filter(([, value, ok]) => value !== undefined && !ok)
  for (const [name, , , expected] of wrong) mistake(`"${name}" must be ${expected}.`)
  if (wrong.length > 0) return undefined
  return {
    ...(isNumber(temperature) ? { temperature } : {}),
    ...(isNumber(topP) ? { topP } : {}),
    ...(isNumber(seed) ? { seed } : {}),
    ...(isStop(stop) ? { stop: typeof stop === 'string' ? [stop] : stop } : {}),
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 1
}

function isStop(value: unknown): value is string | string[] {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((text) => typeof text === 'string'))
  )
}

function mistakesError(path: string, mistakes: readonly string[]): AssayError {
  const shown = mistakes.slice(0, shownMistakes)
  const more = mistakes.length - shown.length
  const message = [...shown, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n')
  return new AssayError('bad-input-file', message, { hint: `Mend ${path} and run again; nothing was sent.` })
}

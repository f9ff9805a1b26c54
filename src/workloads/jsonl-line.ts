import { messageOf } from '../model/errors.ts'
import type { ChatMessage, RequestInput } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'

/** One line of a jsonl workload, understood. */
export interface JsonlLine {
  readonly input: RequestInput
  readonly outputTokens?: number
  readonly sampling: Sampling
  /** Fields that no request is made of. */
  readonly unused: readonly string[]
}

/** Told what is wrong, and what was expected. */
type Mistake = (message: string) => void

const roles = ['system', 'user', 'assistant', 'tool']

/** Reads one line; undefined after telling every mistake in it. */
export function readJsonlLine(text: string, mistake: Mistake): JsonlLine | undefined {
  let told = false
  const tell = (message: string) => {
    told = true
    mistake(message)
  }
  const fields = readObject(text, tell)
  if (fields === undefined) return undefined
  const { prompt, messages, output_tokens, max_tokens, temperature, top_p, seed, stop, ...others } = fields
  const input = readInput(prompt, messages, tell)
  if (output_tokens !== undefined && max_tokens !== undefined) {
    tell('both "output_tokens" and "max_tokens" are given; expected one of them.')
  }
  const checked = <T>(name: string, value: unknown, is: (value: unknown) => value is T, expected: string) => {
    if (value === undefined || is(value)) return value
    tell(`"${name}" is ${shown(value)}; expected ${expected}.`)
    return undefined
  }
  const outputTokens =
    checked('output_tokens', output_tokens, isCount, 'a whole number of at least 1') ??
    checked('max_tokens', max_tokens, isCount, 'a whole number of at least 1')
  const sampling = {
    temperature: checked('temperature', temperature, isTemperature, 'a number of at least 0'),
    topP: checked('top_p', top_p, isTopP, 'a number above 0 and up to 1'),
    seed: checked('seed', seed, isWhole, 'a whole number'),
    stop: checked('stop', stop, isStop, 'a text or a list of texts, none empty'),
  }
  if (told || input === undefined) return undefined
  return {
    input,
    ...(outputTokens === undefined ? {} : { outputTokens }),
    sampling: {
      ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
      ...(sampling.topP === undefined ? {} : { topP: sampling.topP }),
      ...(sampling.seed === undefined ? {} : { seed: sampling.seed }),
      ...(sampling.stop === undefined ? {} : { stop: [sampling.stop].flat() }),
    },
    unused: [...Object.keys(others), ...unusedOfMessages(messages)],
  }
}

function readObject(text: string, mistake: Mistake): Record<string, unknown> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    mistake(`not JSON (${messageOf(error)}); expected an object, such as {"prompt": "…"}.`)
    return undefined
  }
  if (isObject(value)) return value
  mistake(`the line is ${shown(value)}; expected an object, such as {"prompt": "…"}.`)
  return undefined
}

function readInput(prompt: unknown, messages: unknown, mistake: Mistake): RequestInput | undefined {
  if (prompt !== undefined && messages !== undefined) {
    mistake('both "prompt" and "messages" are given; expected one of them.')
  } else if (prompt !== undefined) {
    if (typeof prompt === 'string' && prompt !== '') return { kind: 'prompt', text: prompt }
    if (isTokenIds(prompt)) return { kind: 'tokens', ids: prompt }
    mistake(`"prompt" is ${shown(prompt)}; expected a text, or a list of token ids.`)
  } else if (messages !== undefined) {
    return readMessages(messages, mistake)
  } else {
    mistake('neither "prompt" nor "messages" is given; expected one of them.')
  }
  return undefined
}

function readMessages(messages: unknown, mistake: Mistake): RequestInput | undefined {
  if (!Array.isArray(messages) || messages.length === 0) {
    mistake(`"messages" is ${shown(messages)}; expected a list of {"role", "content"}.`)
    return undefined
  }
  const read = messages.map((message: unknown, i): ChatMessage | undefined => {
    const where = `messages[${i}]`
    if (!isObject(message)) {
      mistake(`"${where}" is ${shown(message)}; expected {"role", "content"}.`)
      return undefined
    }
    const { role, content } = message
    if (!isRole(role)) mistake(`"${where}.role" is ${shown(role)}; expected one of ${roles.join(', ')}.`)
    else if (typeof content === 'string') return { role, content }
    if (typeof content !== 'string') mistake(`"${where}.content" is ${shown(content)}; expected a text.`)
    return undefined
  })
  const whole = read.filter((message) => message !== undefined)
  return whole.length === messages.length ? { kind: 'chat', messages: whole } : undefined
}

function unusedOfMessages(messages: unknown): string[] {
  const all = Array.isArray(messages) ? messages.flatMap((message: object) => Object.keys(message)) : []
  const unused = new Set(all.filter((name) => name !== 'role' && name !== 'content'))
  return [...unused].map((name) => `messages[].${name}`)
}

/** A value in an error: its JSON, cut when it is long. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const json = JSON.stringify(value)
  return json.length > 40 ? `${json.slice(0, 40)}…` : json
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRole(value: unknown): value is ChatMessage['role'] {
  return typeof value === 'string' && roles.includes(value)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isCount(value: unknown): value is number {
  return isWhole(value) && value >= 1
}

function isTokenIds(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => isWhole(id) && id >= 0)
}

/** JSON's numbers may overflow to infinity. */
function isTemperature(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isTopP(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1
}

function isStop(value: unknown): value is string | string[] {
  return Array.isArray(value)
    ? value.length > 0 && value.every((text) => typeof text === 'string' && text !== '')
    : typeof value === 'string' && value !== ''
}

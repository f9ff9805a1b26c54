import { messageOf } from '../model/errors.ts'
import type { ChatMessage, RequestInput } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { isCount, isObject, shown } from './mistakes.ts'

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

/** Reads one line; undefined after telling every mistake in it. `columns`: our field → the file's. */
export function readJsonlLine(
  text: string,
  mistake: Mistake,
  columns?: Readonly<Record<string, string>>,
): JsonlLine | undefined {
  const fields = readObject(text, mistake)
  return fields === undefined ? undefined : readFields(renamed(fields, columns), mistake)
}

/** The fields under our names; those that were renamed are no others any more. */
function renamed(
  fields: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, unknown>> {
  if (columns === undefined) return fields
  const ours = Object.entries(columns)
  const theirs = new Set(ours.map(([, name]) => name))
  const others = Object.entries(fields).filter(([name]) => !theirs.has(name) && !Object.hasOwn(columns, name))
  const mapped = ours.flatMap(([name, given]) =>
    Object.hasOwn(fields, given) ? [[name, fields[given]]] : [],
  )
  return Object.fromEntries([...others, ...mapped])
}

/** Reads one record by its fields; undefined after telling every mistake in it. */
export function readFields(
  fields: Readonly<Record<string, unknown>>,
  mistake: Mistake,
): JsonlLine | undefined {
  let told = false
  const tell = (message: string) => {
    told = true
    mistake(message)
  }
  const {
    prompt,
    messages,
    system,
    tools,
    output_tokens,
    max_tokens,
    temperature,
    top_p,
    seed,
    stop,
    ...others
  } = fields
  const input = withSystem(system, readInput(prompt, messages, tools, tell), tell)
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

function withSystem(
  system: unknown,
  input: RequestInput | undefined,
  mistake: Mistake,
): RequestInput | undefined {
  if (system === undefined || input === undefined) return input
  if (typeof system !== 'string') {
    mistake(`"system" is ${shown(system)}; expected a text.`)
    return undefined
  }
  const first = { role: 'system', content: system } as const
  switch (input.kind) {
    case 'prompt':
      return { kind: 'chat', messages: [first, { role: 'user', content: input.text }] }
    case 'chat':
      return { kind: 'chat', messages: [first, ...input.messages] }
    case 'rich-chat':
      return { ...input, messages: [first, ...input.messages] }
    default:
      mistake('"system" goes only with a text or messages.')
      return undefined
  }
}

function readInput(
  prompt: unknown,
  messages: unknown,
  tools: unknown,
  mistake: Mistake,
): RequestInput | undefined {
  if (prompt !== undefined && messages !== undefined) {
    mistake('both "prompt" and "messages" are given; expected one of them.')
  } else if (prompt !== undefined) {
    if (typeof prompt === 'string' && prompt !== '') return { kind: 'prompt', text: prompt }
    if (isTokenIds(prompt)) return { kind: 'tokens', ids: prompt }
    mistake(`"prompt" is ${shown(prompt)}; expected a text, or a list of token ids.`)
  } else if (messages !== undefined) {
    return readMessages(messages, tools, mistake)
  } else {
    mistake('neither "prompt" nor "messages" is given; expected one of them.')
  }
  return undefined
}

/** Plain texts make a chat; parts, calls of tools and definitions of tools are passed on as they are. */
function readMessages(messages: unknown, tools: unknown, mistake: Mistake): RequestInput | undefined {
  if (!Array.isArray(messages) || messages.length === 0) {
    mistake(`"messages" is ${shown(messages)}; expected a list of {"role", "content"}.`)
    return undefined
  }
  if (tools !== undefined && !(Array.isArray(tools) && tools.length > 0 && tools.every(isObject))) {
    mistake(`"tools" is ${shown(tools)}; expected a list of objects.`)
    return undefined
  }
  const read = messages.map((message: unknown, i) => readMessage(message, `messages[${i}]`, mistake))
  const whole = read.filter((message) => message !== undefined)
  if (whole.length < messages.length) return undefined
  const plain = whole.filter(isPlain)
  if (tools === undefined && plain.length === whole.length)
    return { kind: 'chat', messages: plain.map(onlyText) }
  return {
    kind: 'rich-chat',
    messages: whole.map((message) => (isPlain(message) ? onlyText(message) : message)),
    ...(tools === undefined ? {} : { tools }),
  }
}

type Message = Readonly<Record<string, unknown>>

function readMessage(message: unknown, where: string, mistake: Mistake): Message | undefined {
  if (!isObject(message)) {
    mistake(`"${where}" is ${shown(message)}; expected {"role", "content"}.`)
    return undefined
  }
  const { role, content, tool_calls } = message
  if (!isRole(role)) {
    mistake(`"${where}.role" is ${shown(role)}; expected one of ${roles.join(', ')}.`)
    if (typeof content === 'string' || isParts(content)) return undefined
  } else if (typeof content === 'string' || isParts(content)) return message
  if (isRole(role) && Array.isArray(tool_calls)) return message
  mistake(`"${where}.content" is ${shown(content)}; expected a text.`)
  return undefined
}

/** Parts of a message, such as {"type": "image_url", "image_url": {"url": "data:…"}}. */
function isParts(content: unknown): content is readonly Message[] {
  return (
    Array.isArray(content) &&
    content.length > 0 &&
    content.every((part) => isObject(part) && typeof part.type === 'string')
  )
}

function isPlain(message: Message): message is Message & ChatMessage {
  return (
    typeof message.content === 'string' &&
    message.tool_calls === undefined &&
    message.tool_call_id === undefined
  )
}

function onlyText({ role, content }: ChatMessage): ChatMessage & Message {
  return { role, content }
}

function unusedOfMessages(messages: unknown): string[] {
  const plain = Array.isArray(messages) ? messages.filter((message: Message) => isPlain(message)) : []
  const all = plain.flatMap((message: Message) => Object.keys(message))
  const unused = new Set(all.filter((name) => name !== 'role' && name !== 'content'))
  return [...unused].map((name) => `messages[].${name}`)
}

function isRole(value: unknown): value is ChatMessage['role'] {
  return typeof value === 'string' && roles.includes(value)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
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

import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import type { Request, RequestInput } from '../model/request.ts'
import { type Sampling, samplingKeys } from '../model/workload.ts'
import { messagesOf } from './openai-messages.ts'
import { unsupportedInput } from './request-fields.ts'

/** What a placeholder stands for; `undefined` where the request has no such thing. */
type Placeholder = (request: Request, model: string) => unknown

const inputs = {
  prompt: ({ input }) => (input.kind === 'prompt' ? input.text : undefined),
  promptIds: ({ input }) => (input.kind === 'tokens' ? input.ids : undefined),
  /** The messages of a chat; of a prompt: one message of the user. */
  messages: (request) =>
    request.input.kind === 'prompt' || request.input.kind === 'chat'
      ? messagesOf('custom', request)
      : undefined,
  /** A list of texts: the prompts of a request with several, or the only one. */
  prompts: ({ input }) => {
    if (input.kind === 'prompt') return [input.text]
    return input.kind === 'batch' ? input.prompts : undefined
  },
} satisfies Record<string, Placeholder>

/** Which inputs each of those placeholders can send. */
const sends: Record<keyof typeof inputs, readonly RequestInput['kind'][]> = {
  prompt: ['prompt'],
  promptIds: ['tokens'],
  messages: ['prompt', 'chat'],
  prompts: ['prompt', 'batch'],
}
/** The placeholder to name for an input that a template cannot send. */
const placeOf = {
  prompt: 'prompt',
  chat: 'messages',
  tokens: 'promptIds',
  batch: 'prompts',
  'rich-chat': 'messages',
  body: 'prompt',
} satisfies Record<RequestInput['kind'], keyof typeof inputs>

const isExact = ({ output }: Request) => output.mode === 'exact'

const others: Record<string, Placeholder> = {
  maxTokens: ({ output }) => output.tokens,
  /** The length, when it is to be exact. */
  minTokens: (request) => (isExact(request) ? request.output.tokens : undefined),
  ignoreEos: isExact,
  inputTokens: ({ inputTokens }) => inputTokens?.value,
  /** Input and output, for servers that limit both together. */
  totalTokens: ({ inputTokens, output }) =>
    inputTokens === undefined ? undefined : inputTokens.value + output.tokens,
  model: (_, model) => (model === '' ? undefined : model),
  /** Position of the request in the workload. */
  id: ({ id }) => id,
}

const placeholders: ReadonlyMap<string, Placeholder> = new Map<string, Placeholder>([
  ...Object.entries(inputs),
  ...Object.entries(others),
  ...samplingKeys.map((key): [string, Placeholder] => [key, ({ sampling }) => sampling[key]]),
])

const mark = /\{\{\s*([^{}]*?)\s*\}\}/g
const onlyMark = /^\{\{\s*([^{}]*?)\s*\}\}$/
const maxDepth = 32

/** A request body with placeholders. */
export interface Template {
  readonly body: Readonly<Record<string, unknown>>
  readonly uses: ReadonlySet<string>
  readonly inputs: readonly RequestInput['kind'][]
  readonly sampling: readonly (keyof Sampling)[]
  /** The placeholder that forces a length. */
  readonly exact: 'ignoreEos' | 'minTokens' | undefined
}

/** What is wrong with a template, and where in it. */
interface TemplateMistake {
  readonly at: string
  readonly message: string
  readonly hint: string
}

/** Reads a template; gives its first mistake if it has one. */
export function readTemplate(body: Readonly<Record<string, unknown>>): Template | TemplateMistake {
  const uses = new Set<string>()
  const mistake = collect(body, '', uses, 0)
  if (mistake !== undefined) return mistake
  const kinds = new Set(Object.entries(sends).flatMap(([name, kind]) => (uses.has(name) ? kind : [])))
  if (kinds.size === 0) {
    return {
      at: '',
      message: 'has no place for the prompt.',
      hint: `Write ${listed(Object.keys(inputs))} where the server takes it, such as prompt: "{{prompt}}".`,
    }
  }
  return {
    body,
    uses,
    inputs: [...kinds],
    sampling: samplingKeys.filter((key) => uses.has(key)),
    exact: uses.has('ignoreEos') ? 'ignoreEos' : uses.has('minTokens') ? 'minTokens' : undefined,
  }
}

/** Adds the placeholders of a value to `uses`; gives the first one that does not exist. */
function collect(value: unknown, at: string, uses: Set<string>, depth: number): TemplateMistake | undefined {
  if (depth > maxDepth) return { at, message: 'is nested too deeply.', hint: 'Is it the body of a request?' }
  if (typeof value === 'string') {
    for (const [whole, name = ''] of value.matchAll(mark)) {
      if (!placeholders.has(name)) return unknownPlaceholder(at, whole, name)
      uses.add(name)
    }
    return undefined
  }
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`
    const mistake = collect(item, place, uses, depth + 1)
    if (mistake !== undefined) return mistake
  }
  return undefined
}

function unknownPlaceholder(at: string, whole: string, name: string): TemplateMistake {
  const names = [...placeholders.keys()]
  const meant = nearest(name, names)
  return {
    at,
    message: `names the placeholder ${whole}, which does not exist.`,
    hint: `${meant === undefined ? '' : `Did you mean {{${meant}}}? `}There are ${listed(names)}.`,
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `{{${name}}}`).join(', ')
}

/**
 * The body of a request: a text that is one placeholder becomes its value, number or list; inside longer texts it is
 * written out. `fixed`: settings that need no field. A field whose text has a placeholder without a value is left out. Throws `unsupported-input` and
 * `unsupported-sampling`.
 */
export function fillTemplate(
  template: Template,
  request: Request,
  model: string,
  fixed: Sampling,
): Record<string, unknown> {
  const { input, sampling } = request
  if (!template.inputs.includes(input.kind)) {
    const hint = `Write "{{${placeOf[input.kind]}}}" in dialectOptions.body where the server takes them, or use another workload.`
    throw unsupportedInput('custom', input.kind, hint)
  }
  if (input.kind === 'batch' && input.prompts.some((prompt) => typeof prompt !== 'string')) {
    const message = 'custom cannot send token ids of several prompts in one request.'
    const hint = 'Use prompts of text, or leave promptsPerRequest out.'
    throw new AssayError('unsupported-input', message, { hint })
  }
  const unsaid = samplingKeys.find(
    (key) =>
      sampling[key] !== undefined &&
      !template.sampling.includes(key) &&
      JSON.stringify(sampling[key]) !== JSON.stringify(fixed[key]),
  )
  if (unsaid !== undefined) {
    const message = `The body of this custom dialect has no field for ${unsaid}.`
    const hint = `Write "{{${unsaid}}}" in dialectOptions.body where the server takes it, or in dialectOptions what it does anyway: fixed: {${unsaid}: …}.`
    throw new AssayError('unsupported-sampling', message, { hint })
  }
  return fill(template.body, request, model) as Record<string, unknown>
}

function fill(value: unknown, request: Request, model: string): unknown {
  if (typeof value === 'string') return fillText(value, request, model)
  if (Array.isArray(value)) {
    return value.map((item) => fill(item, request, model)).filter((item) => item !== undefined)
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const filled = fill(item, request, model)
      return filled === undefined ? [] : [[key, filled]]
    }),
  )
}

function fillText(text: string, request: Request, model: string): unknown {
  const [, only] = onlyMark.exec(text) ?? []
  if (only !== undefined) return placeholders.get(only)?.(request, model)
  let isWhole = true
  const filled = text.replaceAll(mark, (_, name: string) => {
    const value = placeholders.get(name)?.(request, model)
    if (value === undefined) isWhole = false
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  })
  return isWhole ? filled : undefined
}

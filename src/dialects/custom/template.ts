import type { Request, RequestInput } from '../../model/request.ts'
import { type Sampling, samplingKeys } from '../../model/workload.ts'

/** What a request body can be made of, besides every sampling setting. */
const ofInput = { prompt: 'prompt', promptIds: 'tokens', messages: 'chat', prompts: 'batch' } as const
const ofRequest = [...Object.keys(ofInput), 'model', 'maxTokens', 'minTokens', 'ignoreEos'] as const
export const placeholders: readonly string[] = [...ofRequest, ...samplingKeys]

const hole = /\{\{\s*(\w+)\s*\}\}/g
const wholeHole = /^\{\{\s*(\w+)\s*\}\}$/

/** A JSON template with its placeholders, as `{{maxTokens}}`. */
export class BodyTemplate {
  readonly #template: unknown
  /** Placeholders by name, each with the key it stands under. */
  readonly holes: ReadonlyMap<string, string>

  constructor(template: unknown) {
    this.#template = template
    const holes = new Map<string, string>()
    collect(template, '', holes)
    this.holes = holes
  }

  /** Kinds of input that have a placeholder; one prompt can also be sent as a list of one. */
  get inputs(): RequestInput['kind'][] {
    const kinds = (Object.keys(ofInput) as (keyof typeof ofInput)[]).flatMap((name) =>
      this.holes.has(name) ? [ofInput[name]] : [],
    )
    return kinds.includes('batch') && !kinds.includes('prompt') ? ['prompt', ...kinds] : kinds
  }

  get sampling(): (keyof Sampling)[] {
    return samplingKeys.filter((name) => this.holes.has(name))
  }

  /** The body of a request: placeholders alone take their value's type, and fields without a value are left out. */
  fill({ input, output, sampling }: Request, model: string): unknown {
    const exact = output.mode === 'exact'
    const values: Record<string, unknown> = {
      ...sampling,
      ...inputValues(input),
      model: model === '' ? undefined : model,
      maxTokens: output.tokens,
      minTokens: exact ? output.tokens : undefined,
      ignoreEos: exact,
    }
    return filled(this.#template, values)
  }
}

function inputValues(input: RequestInput): Record<string, unknown> {
  switch (input.kind) {
    case 'prompt':
      return { prompt: input.text, prompts: [input.text] }
    case 'tokens':
      return { promptIds: input.ids }
    case 'chat':
      return { messages: input.messages }
    case 'batch':
      return { prompts: input.prompts }
    default:
      return input satisfies never
  }
}

function collect(value: unknown, key: string, into: Map<string, string>): void {
  if (typeof value === 'string') for (const [, name = ''] of value.matchAll(hole)) into.set(name, key)
  else if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) collect(inner, Array.isArray(value) ? key : name, into)
  }
}

function filled(value: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const [, only] = wholeHole.exec(value) ?? []
    if (only !== undefined) return values[only]
    return value.replaceAll(hole, (_, name: string) => {
      const part = values[name]
      return typeof part === 'string' ? part : part === undefined ? '' : JSON.stringify(part)
    })
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, values)).filter((one) => one !== undefined)
  if (value === null || typeof value !== 'object') return value
  // JSON leaves out what is undefined.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]))
}

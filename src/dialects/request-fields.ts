import { AssayError } from '../model/errors.ts'
import type { Request, RequestInput } from '../model/request.ts'
import { type Sampling, samplingKeys } from '../model/workload.ts'

/** How a dialect spells the sampling settings: a field's name, or the fields a value becomes. */
export type SamplingFields = {
  readonly [K in keyof Sampling]?: string | ((value: NonNullable<Sampling[K]>) => Record<string, unknown>)
}

/** The settings that `fields` spells, for the dialect's capabilities. */
export function spelled(fields: SamplingFields): readonly (keyof Sampling)[] {
  return samplingKeys.filter((key) => fields[key] !== undefined)
}

/** The body fields of a request's sampling settings. Throws `unsupported-sampling` for one the dialect cannot say. */
export function samplingFields(
  dialect: string,
  fields: SamplingFields,
  sampling: Sampling,
): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const key of samplingKeys) {
    const value = sampling[key]
    if (value === undefined) continue
    const field = fields[key] as string | ((value: unknown) => Record<string, unknown>) | undefined
    if (field === undefined) {
      throw new AssayError('unsupported-sampling', `${dialect} has no field for ${key}.`, {
        hint: `Leave ${key} out, or add the server's own field with "body" of the target.`,
      })
    }
    if (typeof field === 'string') body[field] = value
    else Object.assign(body, field(value))
  }
  return body
}

const inputWords: Record<RequestInput['kind'], string> = {
  prompt: 'prompts of text',
  chat: 'chat messages',
  tokens: 'prompts of token ids',
  batch: 'several prompts in one request',
  'rich-chat': 'messages with images, other parts or tools',
  body: 'ready-made request bodies',
}

const waysOut: Readonly<Record<RequestInput['kind'], string>> = {
  prompt: 'Use promptMode: token-ids, or the dialect openai-completions.',
  chat: 'Use a workload of plain prompts, promptMode: templated, or a chat dialect.',
  tokens: 'Use prompts of text, or the dialect openai-completions.',
  batch: 'Leave promptsPerRequest out, or use the dialect openai-completions.',
  'rich-chat': 'Use the dialect openai-chat, or leave such messages out.',
  body: 'Use the dialect openai-chat or openai-completions, or a source that is read (jsonl, openai-batch).',
}

/** The error for an input that a dialect cannot send. */
export function unsupportedInput(
  dialect: string,
  kind: RequestInput['kind'],
  hint: string = waysOut[kind],
): AssayError {
  return new AssayError('unsupported-input', `${dialect} cannot send ${inputWords[kind]}.`, { hint })
}

/** The text of a request, for dialects that send nothing else. Throws `unsupported-input`. */
export function textOf(dialect: string, { input }: Request): string {
  if (input.kind === 'prompt') return input.text
  throw unsupportedInput(dialect, input.kind)
}

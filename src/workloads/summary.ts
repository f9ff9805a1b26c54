import { createHash } from 'node:crypto'
import type { FrozenWorkload, Request } from '../model/request.ts'
import { readRequest } from './frozen.ts'

/** Lengths in tokens. */
export interface LengthSummary {
  readonly total: number
  readonly mean: number
  readonly median: number
  readonly min: number
  readonly max: number
  /** All of them, ascending. */
  readonly sorted: readonly number[]
}

/** What a frozen workload holds, for people. */
export interface WorkloadSummary {
  readonly requests: number
  readonly kinds: Readonly<Record<string, number>>
  /** Of the inputs that were counted; absent: none was. */
  readonly input?: LengthSummary
  readonly inputsCounted: number
  /** Whether some of them are by rule and not by a tokenizer. */
  readonly approximate: boolean
  readonly output: LengthSummary
  readonly uniqueInputs: number
  /** Share (0..1) of the characters that an earlier input begins with as well, in blocks of 64. */
  readonly sharedShare: number
  readonly sessions: number
  readonly images: number
  readonly tools: number
}

const blockCharacters = 64

/** Reads every request once. */
export function summarize(workload: FrozenWorkload): WorkloadSummary {
  const inputs: number[] = []
  const outputs: number[] = []
  const kinds: Record<string, number> = {}
  const unique = new Set<string>()
  const sessions = new Set<string>()
  const beginnings = new Beginnings()
  let approximate = false
  let images = 0
  let tools = 0
  for (let index = 0; index < workload.count; index++) {
    const request = readRequest(workload, index)
    const { input, inputTokens, output, session } = request
    kinds[input.kind] = (kinds[input.kind] ?? 0) + 1
    if (inputTokens !== undefined) inputs.push(inputTokens.value)
    if (inputTokens?.source === 'approximate') approximate = true
    outputs.push(output.tokens)
    const text = inputText(request)
    unique.add(digest(text))
    beginnings.add(text)
    if (session !== undefined) sessions.add(session.id)
    if (input.kind === 'rich-chat') {
      images += imagesIn(input.messages)
      tools += input.tools?.length ?? 0
    }
  }
  const input = lengthSummary(inputs)
  return {
    requests: workload.count,
    kinds,
    ...(input === undefined ? {} : { input }),
    inputsCounted: inputs.length,
    approximate,
    output: lengthSummary(outputs) ?? { total: 0, mean: 0, median: 0, min: 0, max: 0, sorted: [] },
    uniqueInputs: unique.size,
    sharedShare: beginnings.share,
    sessions: sessions.size,
    images,
    tools,
  }
}

/** What a server reads of a request, as one text. */
export function inputText({ input }: Request): string {
  switch (input.kind) {
    case 'prompt':
    case 'body':
      return input.text
    case 'tokens':
      return input.ids.join(' ')
    case 'chat':
      return input.messages.map(({ role, content }) => `${role}: ${content}`).join('\n')
    case 'rich-chat':
      return JSON.stringify([input.tools, input.messages])
    case 'batch':
      return input.prompts
        .map((prompt) => (typeof prompt === 'string' ? prompt : prompt.join(' ')))
        .join('\n')
    default:
      return input satisfies never
  }
}

function lengthSummary(lengths: readonly number[]): LengthSummary | undefined {
  const sorted = [...lengths].sort((a, b) => a - b)
  const { length } = sorted
  const total = sorted.reduce((sum, value) => sum + value, 0)
  const [low, high] = [sorted[Math.floor((length - 1) / 2)], sorted[Math.floor(length / 2)]]
  if (low === undefined || high === undefined) return undefined
  return {
    total,
    mean: total / length,
    median: (low + high) / 2,
    min: sorted[0] ?? low,
    max: sorted[length - 1] ?? high,
    sorted,
  }
}

/** How much of the inputs began like an earlier one. */
class Beginnings {
  readonly #seen = new Set<string>()
  #characters = 0
  #shared = 0

  get share(): number {
    return this.#characters === 0 ? 0 : this.#shared / this.#characters
  }

  add(text: string): void {
    this.#characters += text.length
    let isShared = true
    let chain = ''
    for (let at = 0; at + blockCharacters <= text.length; at += blockCharacters) {
      chain = digest(chain + text.slice(at, at + blockCharacters))
      isShared &&= this.#seen.has(chain)
      if (isShared) this.#shared += blockCharacters
      this.#seen.add(chain)
    }
  }
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('base64')
}

function imagesIn(messages: readonly Readonly<Record<string, unknown>>[]): number {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as unknown[]) : []))
  const isImage = (part: unknown) => /image/.test(String((part as { type?: unknown } | null)?.type))
  return parts.filter(isImage).length
}

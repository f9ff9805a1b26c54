import type { Usage } from '../model/dialect.ts'
import { countOf } from './payload.ts'

/** Usage as a chunk states it: `usage` itself, else the `timings` of llama.cpp. */
export function usageOf(chunk: { readonly usage?: unknown; readonly timings?: unknown }): Usage | undefined {
  const { usage, timings } = chunk
  if (usage !== null && typeof usage === 'object') return ofUsage(usage as Fields)
  if (timings !== null && typeof timings === 'object') return ofTimings(timings as Fields)
  return undefined
}

type Fields = Readonly<Record<string, unknown>>

function ofUsage(fields: Fields): Usage {
  const inside = (key: string) => (fields[key] ?? {}) as Fields
  return {
    ...countOf('inputTokens', fields.prompt_tokens),
    ...countOf('outputTokens', fields.completion_tokens),
    ...countOf('cachedTokens', inside('prompt_tokens_details').cached_tokens),
    ...countOf('reasoningTokens', inside('completion_tokens_details').reasoning_tokens),
  }
}

/** `prompt_n` leaves cached tokens out; builds that do not say how many those were do not say the input's length. */
function ofTimings({ prompt_n, cache_n, predicted_n }: Fields): Usage | undefined {
  const usage: Usage = {
    ...(typeof prompt_n === 'number' && typeof cache_n === 'number'
      ? countOf('inputTokens', prompt_n + cache_n)
      : {}),
    ...countOf('outputTokens', predicted_n),
    ...countOf('cachedTokens', cache_n),
  }
  return usage.outputTokens === undefined ? undefined : usage
}

const ofThePrompt = ['inputTokens', 'cachedTokens'] as const
const ofTheAnswer = ['outputTokens', 'reasoningTokens'] as const

/** Adds up what a server states for each answer by itself. */
export class UsageTally {
  readonly #onePrompt: boolean
  readonly #answers = new Map<number, Usage>()
  #sum: Usage = {}

  /** `onePrompt`: all answers are to the same prompt, which counts once. */
  constructor(onePrompt: boolean) {
    this.#onePrompt = onePrompt
  }

  reset(): void {
    this.#answers.clear()
    this.#sum = {}
  }

  /** Takes the latest usage of one answer; returns that of all. */
  add(index: number, usage: Usage): Usage {
    const before = this.#answers.get(index)
    this.#answers.set(index, usage)
    if (this.#answers.size === 1) {
      this.#sum = usage
      return usage
    }
    const sum: { -readonly [K in keyof Usage]: Usage[K] } = { ...this.#sum }
    for (const key of ofTheAnswer) addTo(sum, key, usage[key], before?.[key])
    for (const key of ofThePrompt) {
      if (!this.#onePrompt) addTo(sum, key, usage[key], before?.[key])
      else if (usage[key] !== undefined) sum[key] = usage[key]
    }
    this.#sum = sum
    return sum
  }
}

function addTo(
  sum: { -readonly [K in keyof Usage]: Usage[K] },
  key: keyof Usage,
  value: number | undefined,
  before: number | undefined,
): void {
  if (value !== undefined) sum[key] = (sum[key] ?? 0) + value - (before ?? 0)
}

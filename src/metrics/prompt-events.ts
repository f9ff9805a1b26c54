import type { EventColumns } from '../model/record.ts'

/** The events that answer one prompt of a request. */
interface PromptEvents {
  firstNs: number
  lastNs: number
  events: number
  /** As the events state them. */
  tokens: number
}

/** Calls `each` with every gap (ns) between two consecutive events of the same prompt. */
export function eachGap({ atNs, prompt }: EventColumns, each: (gapNs: number) => void): void {
  if (prompt === undefined) {
    for (let i = 1; i < atNs.length; i++) each((atNs[i] as number) - (atNs[i - 1] as number))
    return
  }
  const lastNs = new Map<number, number>()
  for (let i = 0; i < atNs.length; i++) {
    const own = prompt[i] as number
    const at = atNs[i] as number
    const before = lastNs.get(own)
    if (before !== undefined) each(at - before)
    lastNs.set(own, at)
  }
}

/**
 * Calls `each` with every gap (ns) that ends with an event of one or more tokens, and how many there are. Events
 * without a token end no gap.
 */
export function eachTokenGap(
  { atNs, tokens, prompt }: EventColumns,
  each: (gapNs: number, tokens: number) => void,
): void {
  const lastNs = new Map<number, number>()
  let lastOfOne: number | undefined
  for (let i = 0; i < atNs.length; i++) {
    const count = tokens[i] as number
    if (count === 0) continue
    const at = atNs[i] as number
    const before = prompt === undefined ? lastOfOne : lastNs.get(prompt[i] as number)
    if (before !== undefined) each(at - before, count)
    if (prompt === undefined) lastOfOne = at
    else lastNs.set(prompt[i] as number, at)
  }
}

/** A request's events by prompt, in the order in which the prompts were first answered. */
export function byPrompt({ atNs, tokens, prompt }: EventColumns): PromptEvents[] {
  const [first, last] = [atNs[0], atNs[atNs.length - 1]]
  if (first === undefined || last === undefined) return []
  if (prompt === undefined) {
    const sum = tokens.reduce((total, count) => total + count, 0)
    return [{ firstNs: first, lastNs: last, events: atNs.length, tokens: sum }]
  }
  const found = new Map<number, PromptEvents>()
  for (let i = 0; i < atNs.length; i++) {
    const own = prompt[i] as number
    const at = atNs[i] as number
    const count = tokens[i] as number
    const seen = found.get(own)
    if (seen === undefined) found.set(own, { firstNs: at, lastNs: at, events: 1, tokens: count })
    else {
      seen.lastNs = at
      seen.events++
      seen.tokens += count
    }
  }
  return [...found.values()]
}

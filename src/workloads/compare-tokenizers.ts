import type { FrozenWorkload, Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { readRequest } from './frozen.ts'

/** A prompt that two tokenizers see otherwise. */
export interface DifferenceSample {
  readonly request: number
  /** Tokens under each. */
  readonly tokens: readonly [number, number]
  /** Position of the first id that differs, BOS included. */
  readonly at: number
  /** The text around it, under the first. */
  readonly near: string
}

export interface TokenizerComparison {
  readonly prompts: number
  /** Prompts whose ids differ, BOS included. */
  readonly differing: number
  /** Of these, prompts that differ in what is put before them alone. */
  readonly openingOnly: number
  readonly otherLength: number
  readonly tokens: readonly [number, number]
  readonly samples: readonly DifferenceSample[]
  /** Requests that hold no text to compare. */
  readonly withoutText: number
}

const mostSamples = 5

/** Encodes every prompt under both, as a server would with its BOS, and counts where their ids differ. */
export function compareTokenizers(
  workload: FrozenWorkload,
  first: Tokenizer,
  second: Tokenizer,
): TokenizerComparison {
  const samples: DifferenceSample[] = []
  let [prompts, differing, openingOnly, otherLength, withoutText] = [0, 0, 0, 0, 0]
  const tokens: [number, number] = [0, 0]
  for (let index = 0; index < workload.count; index++) {
    const texts = textsOf(readRequest(workload, index), first, second)
    if (texts.length === 0) withoutText++
    for (const text of texts) {
      const [a, b] = [encoded(text[0], first), encoded(text[1], second)]
      prompts++
      tokens[0] += a.length
      tokens[1] += b.length
      if (same(a, b)) continue
      differing++
      if (a.length !== b.length) otherLength++
      if (same(a.slice(first.opening?.length ?? 0), b.slice(second.opening?.length ?? 0))) openingOnly++
      if (samples.length >= mostSamples) continue
      const at = a.findIndex((id, i) => id !== b[i])
      const position = at < 0 ? a.length : at
      const near = first.decode(a.slice(Math.max(0, position - 4), position + 4))
      samples.push({ request: index, tokens: [a.length, b.length], at: position, near })
    }
  }
  return { prompts, differing, openingOnly, otherLength, tokens, samples, withoutText }
}

/** The texts of a request under each; a chat is rendered where both can, else its messages are taken one by one. */
function textsOf({ input }: Request, first: Tokenizer, second: Tokenizer): (readonly [string, string])[] {
  switch (input.kind) {
    case 'prompt':
      return [[input.text, input.text]]
    case 'batch':
      return input.prompts.flatMap((prompt) =>
        typeof prompt === 'string' ? [[prompt, prompt] as const] : [],
      )
    case 'chat': {
      if (first.renderChat !== undefined && second.renderChat !== undefined) {
        return [[first.renderChat(input.messages), second.renderChat(input.messages)]]
      }
      return input.messages.map(({ content }) => [content, content] as const)
    }
    case 'rich-chat':
    case 'tokens':
    case 'body':
      return []
    default:
      return input satisfies never
  }
}

function encoded(text: string, { encode, opening = [] }: Tokenizer): number[] {
  return [...opening, ...encode(text)]
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}

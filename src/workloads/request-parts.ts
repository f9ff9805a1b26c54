import type { TokenCount } from '../model/record.ts'
import type { Request, RequestInput } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import { makeRng, type Rng } from '../random/rng.ts'
import { drawLength } from './lengths.ts'
import { tokensPerWord } from './prompt-text.ts'

/** Output length of a request whose file and workload state none. */
export const defaultOutputTokens = 128

/** The stream of chance of request `id` of a workload. */
export function rngOf(spec: Pick<WorkloadSpec, 'name'>, seed: number): (id: number) => Rng {
  const root = makeRng(seed).split('workload').split(spec.name)
  return (id) => root.split(`${id}`)
}

/** Output lengths that a workload draws where its file tells none. */
export function outputsOf(spec: WorkloadSpec, seed: number): (id: number) => number {
  const { output } = spec.source
  const rng = rngOf(spec, seed)
  return (id) =>
    output === undefined ? defaultOutputTokens : drawLength(output, rng(id).split('output length'))
}

/** Length of an input where it can be known here: a chat's depends on the server's template. */
export function countInput(input: RequestInput, tokenizer: Tokenizer | undefined): TokenCount | undefined {
  if (input.kind === 'tokens') return { value: input.ids.length, source: 'token-ids' }
  if (tokenizer === undefined) return undefined
  if (input.kind === 'prompt') return { value: tokenizer.encode(input.text).length, source: 'tokenizer' }
  if (input.kind !== 'chat' || tokenizer.renderChat === undefined) return undefined
  const value = tokenizer.encode(tokenizer.renderChat(input.messages)).length
  return { value, source: 'tokenizer' }
}

/** The request with its input counted, where that can be done. */
export function counted<R extends Request>(request: R, tokenizer: Tokenizer | undefined): R {
  const inputTokens = request.inputTokens ?? countInput(request.input, tokenizer)
  return inputTokens === undefined ? request : { ...request, inputTokens }
}

/** Tokens of a text: counted, or by the rule of words where there is no tokenizer. */
export function measure(text: string, tokenizer: Tokenizer | undefined): TokenCount {
  if (tokenizer !== undefined) return { value: tokenizer.encode(text).length, source: 'tokenizer' }
  const words = text.split(/\s+/).filter((word) => word !== '').length
  return { value: Math.max(1, Math.round(words * tokensPerWord)), source: 'approximate' }
}

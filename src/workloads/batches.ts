import { AssayError } from '../model/errors.ts'
import type { TokenCount } from '../model/record.ts'
import type { Request } from '../model/request.ts'
import type { Requests, SourcedRequest } from './source.ts'

/**
 * Puts `size` prompts into each request; what is left at the end makes a smaller one. All prompts of a request share its
 * output length, the longest of theirs, and the sampling of the first. Throws `prompts-per-request` for chats.
 */
export async function* inBatches(
  requests: Requests,
  size: number,
  workload: string,
  notice: (text: string) => void,
): AsyncGenerator<SourcedRequest> {
  let id = 0
  let mixed = 0
  let group: Request[] = []
  const join = () => {
    if (new Set(group.map(({ output }) => output.tokens)).size > 1) mixed++
    const whole = joined(group, id++, workload)
    group = []
    return whole
  }
  for await (const request of requests) {
    group.push(request)
    if (group.length === size) yield join()
  }
  if (group.length > 0) yield join()
  if (mixed > 0) {
    notice(`${mixed} of ${id} requests carry prompts whose output lengths differ: each asks for its longest.`)
  }
}

function joined(group: readonly Request[], id: number, workload: string): Request {
  const [first] = group
  if (first === undefined) throw new RangeError('a request has a prompt')
  const prompts = group.map(({ id: at, input }) => {
    if (input.kind === 'prompt') return input.text
    if (input.kind === 'tokens') return input.ids
    const message = `Workload "${workload}", request ${at}: a chat cannot share a request with others.`
    throw new AssayError('prompts-per-request', message, {
      hint: 'Leave promptsPerRequest out, or use promptMode: templated.',
    })
  })
  const inputTokens = sum(group.map((request) => request.inputTokens))
  return {
    id,
    input: { kind: 'batch', prompts },
    output: { tokens: Math.max(...group.map(({ output }) => output.tokens)), mode: first.output.mode },
    sampling: first.sampling,
    ...(inputTokens === undefined ? {} : { inputTokens }),
  }
}

function sum(counts: readonly (TokenCount | undefined)[]): TokenCount | undefined {
  let total: TokenCount | undefined
  for (const count of counts) {
    if (count === undefined) return undefined
    total = { value: (total?.value ?? 0) + count.value, source: count.source }
  }
  return total
}

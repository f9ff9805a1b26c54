import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload, Request } from '../model/request.ts'
import type { ReadyTarget } from '../model/target.ts'
import { readRequest } from '../workloads/frozen.ts'

interface Longest {
  readonly id: number
  readonly inputTokens: number
  readonly outputTokens: number
}

const longestOf = new WeakMap<FrozenWorkload, { readonly longest: Longest | undefined }>()

/**
 * Refuses a workload with a request that does not fit into the target's context, as far as both are known: estimated
 * lengths refuse nothing. Throws `context-exceeded` with the counts.
 */
export function checkContext(workload: FrozenWorkload, ready: ReadyTarget): void {
  const { contextTokens } = ready.engineInfo
  if (typeof contextTokens !== 'number') return
  const known = longestOf.get(workload) ?? { longest: findLongest(workload) }
  longestOf.set(workload, known)
  const { longest } = known
  if (longest === undefined || longest.inputTokens + longest.outputTokens <= contextTokens) return
  const say = (n: number) => n.toLocaleString('en')
  throw new AssayError(
    'context-exceeded',
    `Workload "${workload.name}", request ${longest.id}: ${say(longest.inputTokens)} prompt + ${say(longest.outputTokens)} output tokens exceed the context of ${say(contextTokens)} of target "${ready.target.name}".`,
    { hint: 'Shorten prompts or outputs, or start the server with a longer context.' },
  )
}

function findLongest(workload: FrozenWorkload): Longest | undefined {
  let longest: Longest | undefined
  let most = -1
  for (let index = 0; index < workload.count; index++) {
    const request = readRequest(workload, index)
    const inputTokens = promptTokens(request)
    if (inputTokens === undefined || inputTokens + request.output.tokens <= most) continue
    most = inputTokens + request.output.tokens
    longest = { id: request.id, inputTokens, outputTokens: request.output.tokens }
  }
  return longest
}

/** Length of the longest prompt, when it was counted. */
function promptTokens({ input, inputTokens }: Request): number | undefined {
  switch (input.kind) {
    case 'tokens':
      return input.ids.length
    case 'batch': {
      const counted = input.prompts.flatMap((prompt) => (typeof prompt === 'string' ? [] : [prompt.length]))
      return counted.length === 0 ? undefined : Math.max(...counted)
    }
    case 'prompt':
    case 'chat':
    case 'rich-chat':
    case 'body':
      return inputTokens === undefined || inputTokens.source === 'approximate' ? undefined : inputTokens.value
    default:
      return input satisfies never
  }
}

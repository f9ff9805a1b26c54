import { AssayError } from '../model/errors.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { Requests, SourcedRequest } from './source.ts'

/**
 * Holds requests against the context of the workload, where their input was counted. `refuse` throws `context-exceeded` with
 * the place, `skip` leaves them out, `cut` shortens outputs and leaves out what has no room for one; both are told.
 */
export async function* withinContext(
  requests: Requests,
  { name, context }: Pick<WorkloadSpec, 'name' | 'context'>,
  notice: (text: string) => void,
): AsyncGenerator<SourcedRequest> {
  if (context === undefined) {
    yield* requests
    return
  }
  const { tokens: limit, over } = context
  let id = 0
  let left = 0
  let cut = 0
  for await (const request of requests) {
    const { inputTokens, output } = request
    const input = inputTokens?.value ?? 0
    if (input + output.tokens <= limit) {
      yield { ...request, id: id++ }
      continue
    }
    if (over === 'refuse') {
      const where = request.place ?? `Workload "${name}", request ${request.id}`
      throw new AssayError(
        'context-exceeded',
        `${where}: ${input} prompt + ${output.tokens} output tokens exceed the context of ${limit}.`,
        {
          hint: 'Shorten it, or let such requests be left out or cut: context: {tokens: N, over: skip | cut}.',
        },
      )
    }
    if (over === 'cut' && input < limit) {
      cut++
      yield { ...request, id: id++, output: { ...output, tokens: limit - input } }
    } else {
      left++
    }
  }
  if (left > 0) notice(`${left} requests exceed the context of ${limit} tokens and are left out.`)
  if (cut > 0) notice(`${cut} outputs are cut to fit the context of ${limit} tokens.`)
}

import { loadDialect } from '../dialects/index.ts'
import { makeWire } from '../dialects/transport/index.ts'
import type { Clock } from '../model/clock.ts'
import { AssayError, exitCodes, redact } from '../model/errors.ts'
import type { Load } from '../model/load.ts'
import type { FrozenWorkload, Request } from '../model/request.ts'
import { readRequest } from '../workloads/frozen.ts'
import type { PreparedTarget } from './ready-target.ts'
import { sendOne } from './send-one.ts'

/** An open loop's requests in flight are not known beforehand: as many as it sends in this time. */
const openLoopS = 10

/** Requests that a load has in flight when the server is at its slowest. */
export function mostInFlight({ pacing, maxInFlight }: Load): number {
  switch (pacing.kind) {
    case 'concurrency':
      return pacing.concurrency
    case 'users':
      return pacing.users
    case 'burst':
      return Math.min(pacing.burst, maxInFlight)
    case 'poisson':
    case 'constant':
      return Math.min(Math.ceil(pacing.ratePerSecond * openLoopS), maxInFlight)
    default:
      return pacing satisfies never
  }
}

/** The requests that need the most memory: longest input and output together. Fewer than asked for are repeated. */
export function heaviest(workload: FrozenWorkload, count: number): readonly Request[] {
  const sized = Array.from({ length: workload.count }, (_, index) => {
    const request = readRequest(workload, index)
    return { index, size: inputSize(request) + request.output.tokens }
  })
  sized.sort((a, b) => b.size - a.size || a.index - b.index)
  const chosen = sized.slice(0, count)
  return Array.from({ length: count }, (_, i) => readRequest(workload, chosen[i % chosen.length]?.index ?? 0))
}

/** Tokens, or about as many where only text is known. */
function inputSize({ input, inputTokens }: Request): number {
  return inputTokens?.value ?? JSON.stringify(input).length / 4
}

/**
 * Sends the heaviest requests of a workload at the same time, each output at its full length, so that a server that has
 * not the memory for them fails now. Nothing is recorded. Throws `preflight-failed`.
 */
export async function preflight(options: {
  readonly prepared: PreparedTarget
  readonly workload: FrozenWorkload
  readonly inFlight: number
  readonly clock: Clock
  readonly secrets: readonly string[]
}): Promise<void> {
  const { prepared, workload, inFlight, clock, secrets } = options
  const { target, model, dialect } = prepared.ready
  const requests = heaviest(workload, inFlight)
  const wire = await makeWire(target.transport, {
    endpoints: prepared.endpoints,
    dialect: await loadDialect(dialect, target.dialectOptions),
    clock,
    model,
    headers: prepared.headers,
    body: target.body,
    connections: 'fresh',
    rawCapture: false,
    request: (index) => requests[index] ?? readRequest(workload, 0),
    requestId: (index) => `assay-preflight-${index}`,
  })
  try {
    const ends = await Promise.all(requests.map((_, index) => sendOne(wire, index, target.timeoutS)))
    const failures = ends.filter((end) => end !== undefined)
    const [first] = failures
    if (first === undefined) return
    const message = `Target "${target.name}" does not bear the worst case: ${failures.length} of ${inFlight} requests failed, the first: ${first.message}`
    throw new AssayError('preflight-failed', redact(message, secrets), {
      hint: 'Give it more memory for its KV cache, or fewer requests at a time, or shorter ones. Its log may say more.',
      exitCode: exitCodes.target,
    })
  } finally {
    wire.close()
  }
}

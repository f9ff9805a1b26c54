import { createHash } from 'node:crypto'
import type { FrozenWorkload, Request } from '../model/request.ts'

const decoder = new TextDecoder()

/** Turns requests into the bytes that every target replays: one JSON line each, in order, and their SHA-256. */
export function freezeRequests(
  name: string,
  requests: readonly Request[],
  notices: readonly string[],
): FrozenWorkload {
  const lines = requests.map((request) => Buffer.from(`${JSON.stringify(canonical(request))}\n`, 'utf8'))
  const offsets = new Uint32Array(lines.length + 1)
  for (const [i, line] of lines.entries()) offsets[i + 1] = (offsets[i] ?? 0) + line.length
  const bytes = Buffer.concat(lines)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { name, bytes, offsets, count: requests.length, sha256, notices }
}

/** Request `index` of a run: the workload starts again when the run is longer. */
export function readRequest(workload: FrozenWorkload, index: number): Request {
  const line = index % workload.count
  const start = workload.offsets[line] ?? 0
  const end = workload.offsets[line + 1] ?? start
  // Copied: the bytes may be shared between threads, which text decoders refuse.
  return JSON.parse(decoder.decode(workload.bytes.slice(start, end))) as Request
}

/** One order of keys, whatever made the request: the hash depends on nothing else. */
function canonical(request: Request): Request {
  const { id, input, output, sampling, inputTokens } = request
  const { temperature, topP, seed, stop } = sampling
  return {
    id,
    input,
    output: { tokens: output.tokens, mode: output.mode },
    sampling: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(seed === undefined ? {} : { seed }),
      ...(stop === undefined ? {} : { stop }),
    },
    ...(inputTokens === undefined
      ? {}
      : { inputTokens: { value: inputTokens.value, source: inputTokens.source } }),
  }
}

import { createHash } from 'node:crypto'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload, Request, RequestInput } from '../model/request.ts'

const decoder = new TextDecoder()
/** Offsets have 32 bits. */
const maxBytes = 2 ** 32 - 1

/**
 * Turns requests into the bytes that every target replays: one JSON line each, in order, and their SHA-256.
 * Throws `workload-too-large` above 4 GiB.
 */
export function freezeRequests(
  name: string,
  requests: readonly Request[],
  notices: readonly string[],
): FrozenWorkload {
  const lines = requests.map((request) => Buffer.from(`${JSON.stringify(canonical(request))}\n`, 'utf8'))
  const offsets = new Uint32Array(lines.length + 1)
  let end = 0
  for (const [i, line] of lines.entries()) {
    end += line.length
    if (end > maxBytes) throw tooLarge(name, i, requests.length)
    offsets[i + 1] = end
  }
  const bytes = Buffer.concat(lines)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const kinds = requests.map((request) => request.input.kind)
  const firstOfKind = [...new Set(kinds)].map((kind) => kinds.indexOf(kind))
  return { name, bytes, offsets, count: requests.length, sha256, firstOfKind, notices }
}

function tooLarge(name: string, fitting: number, count: number): AssayError {
  return new AssayError(
    'workload-too-large',
    `Workload ${name} exceeds 4 GiB: ${fitting} of its ${count} requests fit.`,
    { hint: `Set its "size" to ${fitting} or less; a longer run sends them again.` },
  )
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
    input: canonicalInput(input),
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

function canonicalInput(input: RequestInput): RequestInput {
  switch (input.kind) {
    case 'prompt':
      return { kind: input.kind, text: input.text }
    case 'tokens':
      return { kind: input.kind, ids: input.ids }
    case 'chat':
      return {
        kind: input.kind,
        messages: input.messages.map(({ role, content }) => ({ role, content })),
      }
    default:
      return input satisfies never
  }
}

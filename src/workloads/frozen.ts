import { createHash } from 'node:crypto'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload, Request, RequestInput } from '../model/request.ts'
import { samplingKeys } from '../model/workload.ts'

const decoder = new TextDecoder()
/** Offsets have 32 bits. */
const maxBytes = 2 ** 32 - 1
const newline = 10

/**
 * Turns requests into the bytes that every target replays: one JSON line each, in order, and their SHA-256. They lie
 * where every thread can read them.
 * Throws `workload-too-large` above 4 GiB.
 */
export function freezeRequests(
  name: string,
  requests: readonly Request[],
  notices: readonly string[],
): FrozenWorkload {
  const lines = requests.map((request) => `${JSON.stringify(canonical(request))}\n`)
  const offsets = sharedOffsets(lines.length + 1)
  let end = 0
  for (const [i, line] of lines.entries()) {
    end += Buffer.byteLength(line)
    if (end > maxBytes) throw tooLarge(name, i, requests.length)
    offsets[i + 1] = end
  }
  const bytes = Buffer.from(new SharedArrayBuffer(end))
  for (const [i, line] of lines.entries()) bytes.write(line, offsets[i] ?? 0)
  const firstOfKind = firstOfEach(requests.map((request) => request.input.kind))
  return { name, bytes, offsets, count: requests.length, sha256: sha256Of(bytes), firstOfKind, notices }
}

/** A workload from the bytes it was frozen into. */
export function thawWorkload(name: string, frozen: Uint8Array, notices: readonly string[]): FrozenWorkload {
  const ends = [0]
  for (let at = frozen.indexOf(newline); at >= 0; at = frozen.indexOf(newline, at + 1)) ends.push(at + 1)
  const bytes = Buffer.from(new SharedArrayBuffer(frozen.length))
  bytes.set(frozen)
  const offsets = sharedOffsets(ends.length)
  offsets.set(ends)
  const whole = { name, bytes, offsets, count: ends.length - 1, sha256: sha256Of(bytes), notices }
  const kinds = Array.from({ length: whole.count }, (_, i) => readRequest(whole, i).input.kind)
  return { ...whole, firstOfKind: firstOfEach(kinds) }
}

function sharedOffsets(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT))
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Position of the first of each. */
function firstOfEach(kinds: readonly string[]): number[] {
  return [...new Set(kinds)].map((kind) => kinds.indexOf(kind))
}

function tooLarge(name: string, fitting: number, count: number): AssayError {
  return new AssayError(
    'workload-too-large',
    `Workload ${name} exceeds 4 GiB: ${fitting} of its ${count} requests fit.`,
    { hint: `Set its "size" to ${fitting} or less; a longer run sends them again.` },
  )
}

/** Request `index` of a run: the workload starts again when the run is longer. */
export function readRequest(
  workload: Pick<FrozenWorkload, 'bytes' | 'offsets' | 'count'>,
  index: number,
): Request {
  const line = index % workload.count
  const start = workload.offsets[line] ?? 0
  const end = workload.offsets[line + 1] ?? start
  // Copied: the bytes may be shared between threads, which text decoders refuse.
  return JSON.parse(decoder.decode(workload.bytes.slice(start, end))) as Request
}

/** One order of keys, whatever made the request: the hash depends on nothing else. */
function canonical(request: Request): Request {
  const { id, input, output, sampling, inputTokens } = request
  return {
    id,
    input: canonicalInput(input),
    output: { tokens: output.tokens, mode: output.mode },
    sampling: Object.fromEntries(
      samplingKeys.flatMap((key) => (sampling[key] === undefined ? [] : [[key, sampling[key]]])),
    ),
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
    case 'batch':
      return { kind: input.kind, prompts: input.prompts }
    default:
      return input satisfies never
  }
}

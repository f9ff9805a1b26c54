import { createHash } from 'node:crypto'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload, Request } from '../model/request.ts'
import { freezeArrivals } from './arrivals.ts'
import { canonical } from './canonical.ts'
import type { SourcedRequest, WorkloadFacts } from './source.ts'

const decoder = new TextDecoder()
/** Offsets have 32 bits. */
const maxBytes = 2 ** 32 - 1
const newline = 10
const chunkBytes = 1024 * 1024

/**
 * Turns requests into the bytes that every target replays, one JSON line each, in order, and their SHA-256, without
 * holding more than the bytes.
 */
export class WorkloadBuilder {
  readonly #name: string
  readonly #hash = createHash('sha256')
  readonly #chunks: Buffer[] = []
  readonly #ends: number[] = [0]
  readonly #arrivals: number[] = []
  readonly #kinds = new Map<string, number>()
  #filled = chunkBytes
  #bytes = 0
  #replayable = true
  #dependent = 0

  constructor(name: string) {
    this.#name = name
  }

  get count(): number {
    return this.#ends.length - 1
  }

  /** Throws `workload-too-large` above 4 GiB. */
  add({ arrivalNs, place: _, ...request }: SourcedRequest): void {
    const { count } = this
    if (!this.#kinds.has(request.input.kind)) this.#kinds.set(request.input.kind, count)
    if (request.session?.history === 'live') this.#replayable = false
    if (request.session?.after !== undefined) this.#dependent++
    if (arrivalNs !== undefined) this.#arrivals.push(arrivalNs)
    const line = Buffer.from(`${JSON.stringify(canonical(request))}\n`)
    this.#bytes += line.length
    if (this.#bytes > maxBytes) throw tooLarge(this.#name, count)
    this.#ends.push(this.#bytes)
    this.#append(line)
  }

  /** Ends the building; the bytes lie where every thread can read them. */
  finish(notices: readonly string[], facts: WorkloadFacts = {}): FrozenWorkload {
    this.#flush()
    const bytes = Buffer.from(new SharedArrayBuffer(this.#bytes))
    let at = 0
    for (const chunk of this.#chunks.splice(0)) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    const offsets = new Uint32Array(new SharedArrayBuffer(this.#ends.length * Uint32Array.BYTES_PER_ELEMENT))
    offsets.set(this.#ends)
    return {
      name: this.#name,
      bytes,
      offsets,
      count: this.count,
      sha256: this.#hash.digest('hex'),
      firstOfKind: [...this.#kinds.values()],
      notices,
      ...(this.#arrivals.length === 0 ? {} : freezeArrivals(this.#arrivals)),
      ...(this.#replayable ? {} : { replayable: false as const }),
      ...(this.#dependent === 0 ? {} : { dependent: this.#dependent }),
      ...facts,
    }
  }

  /** Short lines share a chunk; a long one is its own. */
  #append(line: Buffer): void {
    const last = this.#chunks.at(-1)
    if (last !== undefined && this.#filled + line.length <= last.length) {
      this.#filled += line.copy(last, this.#filled)
      return
    }
    this.#flush()
    const chunk = line.length > chunkBytes ? line : Buffer.allocUnsafe(chunkBytes)
    if (chunk !== line) line.copy(chunk)
    this.#filled = line.length
    this.#chunks.push(chunk)
  }

  #flush(): void {
    const last = this.#chunks.pop()
    if (last === undefined) return
    const whole = last.subarray(0, this.#filled)
    this.#hash.update(whole)
    this.#chunks.push(whole)
    this.#filled = whole.length
  }
}

/** A workload from requests that are there already. */
export function freezeRequests(
  name: string,
  requests: readonly SourcedRequest[],
  notices: readonly string[],
): FrozenWorkload {
  const builder = new WorkloadBuilder(name)
  for (const request of requests) builder.add(request)
  return builder.finish(notices)
}

/** A workload from the bytes it was frozen into. */
export function thawWorkload(name: string, frozen: Uint8Array, notices: readonly string[]): FrozenWorkload {
  const builder = new WorkloadBuilder(name)
  let start = 0
  for (let end = frozen.indexOf(newline); end >= 0; end = frozen.indexOf(newline, start)) {
    builder.add(JSON.parse(decoder.decode(frozen.slice(start, end))) as Request)
    start = end + 1
  }
  return builder.finish(notices)
}

function tooLarge(name: string, fitting: number): AssayError {
  return new AssayError(
    'workload-too-large',
    `Workload ${name} exceeds 4 GiB: only its first ${fitting} requests fit.`,
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

import type { Clock } from '../../model/clock.ts'

/** Bytes that may wait; a read that does not fit makes room first. */
const capacityBytes = 1024 * 1024
/** What a turn of the event loop may spend before sockets are read again. */
const turnNs = 300_000

/** Whoever the bytes are for. */
export interface Reader {
  /** bytes[start, end) arrived at `atNs`; they are valid during the call. */
  take(bytes: Uint8Array, start: number, end: number, atNs: number): void
}

/**
 * Reads that are stamped and still to be parsed. Parsing waits until every socket that is ready has been read: a read
 * takes 5 us, parsing it 3 to 40, and in a burst the last of a hundred first tokens would otherwise be stamped after
 * all the others were parsed. One for a thread; nothing is allocated per read.
 */
export class ReadQueue {
  readonly #clock: Clock
  readonly #bytes = new Uint8Array(capacityBytes)
  #readers: Reader[] = []
  #ends: number[] = []
  #atNs: number[] = []
  /** The first that waits. */
  #next = 0
  #nextStart = 0
  #used = 0
  #scheduled = false
  #busy = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps what was read at `atNs` until the sockets have been read. The buffer may be reused at once. */
  add(reader: Reader, bytes: Uint8Array, length: number, atNs: number): void {
    if (this.#used + length > capacityBytes) this.settle()
    this.#bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length), this.#used)
    this.#used += length
    this.#readers.push(reader)
    this.#ends.push(this.#used)
    this.#atNs.push(atNs)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  /** Has everything parsed that waits. To be called before the end of a connection is told. */
  settle(): void {
    this.#work(Number.POSITIVE_INFINITY)
  }

  readonly #turn = () => {
    this.#scheduled = false
    this.#work(this.#clock.now() + turnNs)
    if (this.#next === this.#readers.length) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  #work(untilNs: number): void {
    // A reader that ends its connection comes back here.
    if (this.#busy) return
    this.#busy = true
    try {
      while (this.#next < this.#readers.length) {
        const at = this.#next++
        const start = this.#nextStart
        const end = this.#ends[at] ?? start
        this.#nextStart = end
        this.#readers[at]?.take(this.#bytes, start, end, this.#atNs[at] ?? 0)
        // A look at the clock costs as much as a tenth of a read.
        if (at % 8 === 7 && this.#clock.now() >= untilNs) break
      }
    } finally {
      this.#busy = false
    }
    if (this.#next < this.#readers.length) return
    this.#readers.length = 0
    this.#ends.length = 0
    this.#atNs.length = 0
    this.#next = 0
    this.#nextStart = 0
    this.#used = 0
  }
}

import { type CancelReason, cancelReasons } from '../model/record.ts'

/** What the main thread wants of its workers. */
export const commands = { run: 0, stop: 1, cancel: 2 } as const

/** Per-worker counters, each written by its worker alone and read by the main thread at leisure. */
export const counters = [
  'sent',
  'inFlight',
  'completed',
  'failed',
  'cancelled',
  'dropped',
  'outputTokens',
  'ttftCount',
  'ttftSumNs',
  'itlCount',
  'itlSumNs',
] as const
export type Counter = (typeof counters)[number]

const words = { command: 0, cancelReason: 1, nextIndex: 2, measured: 3 } as const
const instants = { measureStart: 0 } as const

/**
 * Memory that the main thread and its workers share: commands go down, counters come up, and closed loops draw
 * their next index from it. Nothing waits on it.
 */
export class SharedControl {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #instants: BigInt64Array
  readonly #counters: Float64Array

  constructor(workersOrMemory: number | SharedArrayBuffer) {
    this.memory =
      typeof workersOrMemory === 'number'
        ? new SharedArrayBuffer(32 + 8 * counters.length * workersOrMemory)
        : workersOrMemory
    this.#words = new Int32Array(this.memory, 0, 4)
    this.#instants = new BigInt64Array(this.memory, 16, 2)
    this.#counters = new Float64Array(this.memory, 32)
  }

  get command(): number {
    return Atomics.load(this.#words, words.command)
  }

  /** Tells the workers to send no more. */
  stop(): void {
    Atomics.compareExchange(this.#words, words.command, commands.run, commands.stop)
  }

  /** Tells the workers to end what is in flight as well. */
  cancel(reason: CancelReason): void {
    Atomics.store(this.#words, words.cancelReason, cancelReasons.indexOf(reason))
    Atomics.store(this.#words, words.command, commands.cancel)
  }

  get cancelReason(): CancelReason {
    return cancelReasons[Atomics.load(this.#words, words.cancelReason)] ?? 'user'
  }

  /** The next index of a closed loop, the same sequence whichever worker asks. */
  takeIndex(): number {
    return Atomics.add(this.#words, words.nextIndex, 1)
  }

  /** How many measured requests were counted before this one, by any worker. */
  countMeasured(): number {
    return Atomics.add(this.#words, words.measured, 1)
  }

  /** The first call decides; ns since the epoch. */
  beginMeasure(atNs: number): void {
    Atomics.compareExchange(this.#instants, instants.measureStart, 0n, BigInt(Math.round(atNs)))
  }

  /** When the measured phase began, once it has: ns since the epoch. */
  get measureStartNs(): number | undefined {
    const at = Atomics.load(this.#instants, instants.measureStart)
    return at === 0n ? undefined : Number(at)
  }

  /** This worker's own row of counters. */
  row(worker: number): Float64Array {
    return this.#counters.subarray(worker * counters.length, (worker + 1) * counters.length)
  }

  /** A counter summed over all workers. */
  total(counter: Counter): number {
    const at = counters.indexOf(counter)
    let sum = 0
    for (let i = at; i < this.#counters.length; i += counters.length) sum += this.#counters[i] ?? 0
    return sum
  }
}

import type { Clock } from '../model/clock.ts'
import type { HealthRow, HealthSink, HostReading, ThreadReading, Watch } from '../model/health.ts'
import type { Wire } from '../model/wire.ts'

const NS_PER_MS = 1e6
const NS_PER_S = 1e9

/** What a worker's rows are made from, besides what its own loops count. */
export interface HealthSources {
  readonly thread: Watch<ThreadReading>
  /** Given to one worker of a run. */
  readonly host?: Watch<HostReading>
  readonly sink: HealthSink
}

/** Counts what one worker does and turns it into a row about once a second. The counters are for the hot path. */
export class HealthMeter {
  /** Reads and sends so far: a turn of the event loop that leaves it as it was did nothing useful. */
  activity = 0
  events = 0
  coalesced = 0
  pollingNs = 0
  readonly #worker: number
  readonly #clock: Clock
  readonly #sources: HealthSources
  #sinceNs: number
  #connectsBefore = 0
  #dispatches = 0
  #lateNs = new Float64Array(1024)
  #lateCount = 0

  constructor(worker: number, clock: Clock, sources: HealthSources) {
    this.#worker = worker
    this.#clock = clock
    this.#sources = sources
    this.#sinceNs = clock.now()
  }

  /** Forgets what came before: the first row begins now. */
  begin(): void {
    this.#sources.thread.read()
    this.#sources.host?.read()
    this.#sinceNs = this.#clock.now()
  }

  dispatched(): void {
    this.activity++
    this.#dispatches++
  }

  /** A dispatch that had an instant, and how much later it came. */
  late(ns: number): void {
    if (this.#lateCount === this.#lateNs.length) {
      const larger = new Float64Array(this.#lateNs.length * 2)
      larger.set(this.#lateNs)
      this.#lateNs = larger
    }
    this.#lateNs[this.#lateCount++] = ns
  }

  /** Ends a second. Never rejects: a row that cannot be kept must not end the run that it describes. */
  async flush(inFlight: number, wire: Wire): Promise<void> {
    const row = this.#row(inFlight, wire)
    await this.#sources.sink.append([row]).catch(() => {})
  }

  async close(inFlight: number, wire: Wire): Promise<void> {
    await this.flush(inFlight, wire)
    this.#sources.thread.close()
    this.#sources.host?.close()
    await this.#sources.sink.close().catch(() => {})
  }

  #row(inFlight: number, wire: Wire): HealthRow {
    const atNs = this.#clock.now()
    const thread = this.#sources.thread.read()
    const pollingMs = this.pollingNs / NS_PER_MS
    const { open, made } = wire.connections
    const row: HealthRow = {
      worker: this.#worker,
      atNs,
      seconds: (atNs - this.#sinceNs) / NS_PER_S,
      ...thread,
      ...this.#sources.host?.read(),
      pollingMs,
      ...(thread.cpuMs === undefined ? {} : { usefulCpuMs: Math.max(0, thread.cpuMs - pollingMs) }),
      dispatches: this.#dispatches,
      ...this.#lateness(),
      events: this.events,
      coalesced: this.coalesced,
      inFlight,
      sockets: open,
      connects: made - this.#connectsBefore,
    }
    this.#sinceNs = atNs
    this.#connectsBefore = made
    this.#dispatches = 0
    this.#lateCount = 0
    this.pollingNs = 0
    this.events = 0
    this.coalesced = 0
    return row
  }

  /** Quantiles are the value at rank ⌈q·n⌉ (nearest rank). */
  #lateness(): Pick<HealthRow, 'latenessP50Ms' | 'latenessP99Ms' | 'latenessMaxMs'> {
    const n = this.#lateCount
    if (n === 0) return {}
    const sorted = this.#lateNs.slice(0, n).sort()
    const rankMs = (q: number) => (sorted[Math.ceil(q * n) - 1] ?? 0) / NS_PER_MS
    return { latenessP50Ms: rankMs(0.5), latenessP99Ms: rankMs(0.99), latenessMaxMs: rankMs(1) }
  }
}

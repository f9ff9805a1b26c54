/** Upper ends of the buckets that durations are counted in, s. */
export const bucketEndsS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160,
] as const

const NS_PER_S = 1e9

/** Durations as Prometheus counts them. */
export class Histogram {
  readonly counts: number[] = bucketEndsS.map(() => 0)
  count = 0
  sumS = 0

  add(ns: number): void {
    const s = ns / NS_PER_S
    this.count++
    this.sumS += s
    const bucket = bucketEndsS.findIndex((end) => s <= end)
    if (bucket >= 0) this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
  }
}

/** What one persona has served since the server began: true counts, never reset, for its own page of metrics. */
export class Tally {
  running = 0
  finished = 0
  /** By the reason of the end. */
  readonly ended = { length: 0, stop: 0 }
  /** Broken off, by the server or by the client. */
  failed = 0
  refused = 0
  promptTokens = 0
  generatedTokens = 0
  /** Of finished requests. */
  finishedPromptTokens = 0
  finishedGeneratedTokens = 0
  readonly ttft = new Histogram()
  readonly e2e = new Histogram()
}

/** One request in a tally: from its arrival to its end, whoever ends it. */
export class Tallied {
  readonly #tally: Tally
  readonly #promptTokens: number
  /** How the reply is meant to end. */
  readonly #end: keyof Tally['ended'] | 'failure'
  #tokens = 0
  #isOpen = false

  constructor(tally: Tally, promptTokens: number, end: keyof Tally['ended'] | 'failure') {
    this.#tally = tally
    this.#promptTokens = promptTokens
    this.#end = end
  }

  begin(): void {
    this.#isOpen = true
    this.#tally.running++
  }

  /** `sinceNs`: since the request's arrival. */
  tokens(count: number, sinceNs: number): void {
    if (this.#tokens === 0 && count > 0) {
      this.#tally.ttft.add(sinceNs)
      this.#tally.promptTokens += this.#promptTokens
    }
    this.#tokens += count
    this.#tally.generatedTokens += count
  }

  /** `sinceNs`: since the request's arrival; absent: the client went away. */
  end(sinceNs?: number): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const tally = this.#tally
    tally.running--
    if (sinceNs === undefined || this.#end === 'failure') {
      tally.failed++
      return
    }
    tally.finished++
    tally.ended[this.#end]++
    tally.finishedPromptTokens += this.#promptTokens
    tally.finishedGeneratedTokens += this.#tokens
    tally.e2e.add(sinceNs)
  }
}

/**
 * The one reader of time. Instants are nanoseconds of CLOCK_MONOTONIC since the run's epoch, as doubles
 * (exact for 104 days). Threads and processes of one boot share the monotonic clock, so they agree when they
 * are made with the same epoch.
 */
export interface Clock {
  /** CLOCK_MONOTONIC at the epoch, in ns; a string because it may exceed 2^53. */
  readonly epochMonotonicNs: string
  /** Nanoseconds since the epoch. Costs 40 to 60 ns. */
  now(): number
}

const NS_PER_S = 1_000_000_000

/** A clock whose epoch is the given CLOCK_MONOTONIC instant (ns), or now. */
export function makeClock(epochMonotonicNs: string = process.hrtime.bigint().toString()): Clock {
  const epoch = BigInt(epochMonotonicNs)
  const epochS = Number(epoch / BigInt(NS_PER_S))
  const epochRestNs = Number(epoch % BigInt(NS_PER_S))
  return {
    epochMonotonicNs,
    now() {
      const [s, ns] = process.hrtime()
      return (s - epochS) * NS_PER_S + (ns - epochRestNs)
    },
  }
}

/** Wall-clock time as ISO 8601 UTC, for labels only: never subtract it. */
export function wallTime(): string {
  return new Date().toISOString()
}

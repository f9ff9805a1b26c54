const unitsInSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** A longer time is a mistake; timers also stop working at 24 days. */
export const longestS = 7 * 24 * 3600

/** Seconds of a time as written: 30, "30", "90s", "2m", "500ms", "1h". Absent: it is no time. */
export function secondsOf(written: number | string): number | undefined {
  if (typeof written === 'number') return written
  const [, amount, unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/.exec(written) ?? []
  const factor = unitsInSeconds[unit]
  if (amount === undefined || factor === undefined) return undefined
  // Thousandths are divided, so that 100ms is 0.1 and not a neighbour of it.
  return unit === 'ms' ? Number(amount) / 1000 : Number(amount) * factor
}

/** A share from 0 to 1 as written: 0.2, "20%". Absent: it is no share. */
export function shareOf(written: number | string): number | undefined {
  if (typeof written === 'number') return written
  const [, percent] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(written) ?? []
  return percent === undefined ? undefined : Number(percent) / 100
}

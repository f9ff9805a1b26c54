const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * A number for people, with three significant digits; whole from 100 on, thousands set apart by commas:
 * 0.0123, 1.23, 12.3, 1,234. Decimals that say nothing more are kept, so that columns line up.
 */
export function significant(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 99.95) return grouped.format(value)
  if (size >= 9.995) return value.toFixed(1)
  if (size >= 0.9995) return value.toFixed(2)
  return value.toPrecision(3)
}

/** A count for people: 12,600. */
export function wholeNumber(value: number): string {
  return grouped.format(value)
}

/** A share (0..1) in percent, with at most two significant digits: "1.5 %", "0 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

/** A quantile's name: 0.5 → "p50", 0.999 → "p99.9". */
export function quantileName(q: number): string {
  return `p${Number((q * 100).toFixed(4))}`
}

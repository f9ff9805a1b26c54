declare const sortedBrand: unique symbol

/** At least one finite number, in ascending order. Made by `sortSamples` only. */
export type SortedSamples = Float64Array & { readonly [sortedBrand]: true }

/**
 * Sorts in place and brands; `undefined` when there is nothing, so that "no data" is decided once.
 * @param values finite numbers, owned by the caller and handed over
 */
export function sortSamples(values: Float64Array): SortedSamples | undefined {
  return values.length === 0 ? undefined : (values.sort() as SortedSamples)
}

/** The union of several sorted samples, with repetitions kept; `undefined` when there are none. */
export function mergeSamples(parts: readonly SortedSamples[]): SortedSamples | undefined {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  let length = 0
  for (const part of parts) length += part.length
  const all = new Float64Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return sortSamples(all)
}

/** The value of rank `index` (from 0), clamped to the first and last. */
export function valueAt(samples: SortedSamples, index: number): number {
  const last = samples.length - 1
  return samples[Math.min(Math.max(index, 0), last)] as number
}

/** The smallest sample. */
export function minOf(samples: SortedSamples): number {
  return valueAt(samples, 0)
}

/** The largest sample. */
export function maxOf(samples: SortedSamples): number {
  return valueAt(samples, samples.length - 1)
}

/** How many samples are at most `x`. */
export function countAtMost(samples: SortedSamples, x: number): number {
  return countWhile(samples, (value) => value <= x)
}

/** How many samples are less than `x`. */
export function countBelow(samples: SortedSamples, x: number): number {
  return countWhile(samples, (value) => value < x)
}

/** How many samples, from the smallest on, have a property that larger ones may lack; by bisection. */
function countWhile(samples: SortedSamples, holds: (value: number) => boolean): number {
  let low = 0
  let high = samples.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(valueAt(samples, middle))) low = middle + 1
    else high = middle
  }
  return low
}

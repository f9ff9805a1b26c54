/** Worker `index` of `of`: which part of a run's work is its own. */
export interface Segment {
  readonly index: number
  readonly of: number
}

/** Whether number `item` (an arrival, a user) belongs to the segment. */
export function owns(segment: Segment, item: number): boolean {
  return item % segment.of === segment.index
}

/** How many of `total` slots belong to the segment. */
export function shareOf(segment: Segment, total: number): number {
  return Math.floor(total / segment.of) + (segment.index < total % segment.of ? 1 : 0)
}

/** Colours of the style sheet, `--c0` to `--c5`: told apart by colour-blind readers too (after Okabe and Ito). */
const colourCount = 6

/** The colour of the n-th thing. */
export function colourIndex(n: number): number {
  return Math.max(0, n) % colourCount
}

/** Dashes for things beyond the colours, so that no two lines look alike. */
export function dashOf(n: number): number[] {
  return [[], [8, 4], [2, 3], [8, 3, 2, 3]][Math.floor(Math.max(0, n) / colourCount) % 4] ?? []
}

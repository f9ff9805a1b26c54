import picocolors from 'picocolors'

/** Wraps text in colour codes, or leaves it alone. */
export type Colours = ReturnType<typeof picocolors.createColors>

/** Colours that write codes only when `on`: the caller has looked at the terminal and NO_COLOR. */
export function makeColours(on: boolean): Colours {
  return picocolors.createColors(on)
}

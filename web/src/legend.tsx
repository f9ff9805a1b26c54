import { colourIndex } from './palette.ts'

/** One line of a figure's legend: its look, its name, and what the cursor reads. */
export interface LegendEntry {
  readonly name: string
  readonly position: number
  readonly reading?: string
}

/** What the lines of a figure are. */
export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  return (
    <ul class="legend">
      {entries.map(({ name, position, reading }) => (
        <li key={name}>
          <span class={`swatch c${colourIndex(position)}`} aria-hidden="true" />
          {name}
          {reading !== undefined && <span class="reading">{reading}</span>}
        </li>
      ))}
    </ul>
  )
}

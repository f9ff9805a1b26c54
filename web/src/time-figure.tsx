import { useId, useState } from 'preact/hooks'
import type { Report, Series } from '../../src/model/report.ts'
import type { ReportCell } from '../../src/model/report-cells.ts'
import { significant } from '../../src/model/significant.ts'
import { Choice } from './choice.tsx'
import { curvesOf, type FigureLine, nearest } from './figure-lines.ts'
import { Legend } from './legend.tsx'
import { Plot, tick } from './plot.tsx'
import { ScrollTable } from './scroll-table.tsx'

const panels = [
  { id: 'requests-per-second', title: 'Requests completed per second' },
  { id: 'output-tokens-per-second', title: 'Output tokens per second' },
  { id: 'in-flight', title: 'Requests in flight' },
] as const

interface TimeFigureProps {
  readonly report: Report
  readonly lines: readonly FigureLine[]
  readonly cell: ReportCell
  readonly what: string
}

interface Drawn {
  readonly line: FigureLine
  readonly curve: Series
}

function DataTable({ drawn, title }: { readonly drawn: readonly Drawn[]; readonly title: string }) {
  const [first] = drawn
  if (first === undefined) return null
  return (
    <details>
      <summary>As a table</summary>
      <ScrollTable label={`${title} as a table`} isTall>
        <thead>
          <tr>
            <th scope="col">s</th>
            {drawn.map(({ line }) => (
              <th key={line.name} scope="col">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...new Set(drawn.flatMap(({ curve }) => curve.x))]
            .sort((a, b) => a - b)
            .map((at) => (
              <tr key={at}>
                <th scope="row">{at}</th>
                {drawn.map(({ line, curve }) => {
                  const y = curve.y[curve.x.indexOf(at)]
                  return <td key={line.name}>{y === undefined ? '–' : significant(y)}</td>
                })}
              </tr>
            ))}
        </tbody>
      </ScrollTable>
    </details>
  )
}

/** Where the warm-up ends, and where the measured window ended for the last line to end. */
function shadedOf(drawn: readonly Drawn[]) {
  const xs = drawn.flatMap(({ curve }) => curve.x)
  const first = Math.min(...xs)
  const last = Math.max(...xs)
  const ends = drawn.flatMap(
    ({ line, curve }) => line.cell.runs.find(({ id }) => id === curve.run)?.measuredS ?? [],
  )
  const end = ends.length === 0 ? last : Math.max(...ends)
  return {
    rangeX: [Math.min(first, 0), Math.max(last, end)] as const,
    shaded: [
      ...(first < 0 ? [{ from: Math.min(first, 0), to: 0, name: 'warm-up' }] : []),
      ...(end < last ? [{ from: end, to: last, name: 'drain' }] : []),
    ],
  }
}

/** One repeat over time: completions, tokens and requests in flight, the warm-up shaded. */
export function TimeFigure({ report, lines, cell, what }: TimeFigureProps) {
  const [repeat, setRepeat] = useState('0')
  const [x, setX] = useState<number | undefined>()
  const syncKey = useId()
  const drawnOf = (id: string): Drawn[] =>
    lines.flatMap((line) => {
      const run = line.cell.runs[Number(repeat)] ?? line.cell.runs[0]
      const curve = curvesOf(report, line, id).find((series) => series.run === run?.id)
      return curve === undefined ? [] : [{ line, curve }]
    })
  const isEmpty = panels.every(({ id }) => drawnOf(id).length === 0)
  return (
    <section class="figure-section" aria-labelledby="time-heading">
      <div class="figure-head">
        <h3 id="time-heading">Over time</h3>
        <Choice
          label="Repeat"
          options={cell.runs.map((_, i) => ({ key: String(i), title: String(i + 1) }))}
          chosen={repeat}
          onChoose={setRepeat}
        />
      </div>
      {isEmpty ? (
        <p class="empty">Nothing was sent, so there is nothing to draw over time.</p>
      ) : (
        <>
          <p class="hint">Seconds since the measured phase began{x !== undefined && `: ${significant(x)}`}</p>
          {panels.map(({ id, title }) => {
            const drawn = drawnOf(id)
            if (drawn.length === 0) return null
            const peaks = drawn.map(({ line, curve }) => `${line.name} ${significant(Math.max(...curve.y))}`)
            return (
              <figure
                class="chart"
                key={id}
                aria-label={`${title} over time, ${what}. Largest: ${peaks.join(', ')}.`}
              >
                <div class="panel-head">
                  <figcaption>{title}</figcaption>
                  <Legend
                    entries={drawn.map(({ line, curve }) => {
                      const y = x === undefined ? undefined : nearest(curve, x)
                      return {
                        name: line.name,
                        position: line.position,
                        ...(y === undefined ? {} : { reading: significant(y) }),
                      }
                    })}
                  />
                </div>
                <Plot
                  curves={drawn.map(({ line, curve }) => ({ series: curve, position: line.position }))}
                  height={150}
                  isArea
                  {...shadedOf(drawn)}
                  formatX={tick}
                  formatY={tick}
                  syncKey={syncKey}
                  onCursor={setX}
                />
                <DataTable drawn={drawn} title={title} />
              </figure>
            )
          })}
        </>
      )}
    </section>
  )
}

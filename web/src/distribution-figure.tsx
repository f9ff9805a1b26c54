import { useState } from 'preact/hooks'
import type { Report } from '../../src/model/report.ts'
import { percent, quantileName, significant } from '../../src/model/significant.ts'
import { Choice } from './choice.tsx'
import { curvesOf, type FigureLine, shareAt, valueAtShare } from './figure-lines.ts'
import { Legend } from './legend.tsx'
import { Plot, tick } from './plot.tsx'
import { ScrollTable } from './scroll-table.tsx'
import { Tabs } from './tabs.tsx'

const tabs = [
  { key: 'ttft', title: 'TTFT', words: 'time to first token' },
  { key: 'itl', title: 'ITL', words: 'inter-token latency' },
  { key: 'tpot', title: 'TPOT', words: 'time per output token' },
  { key: 'e2e', title: 'E2E', words: 'end-to-end latency' },
] as const
type TabKey = (typeof tabs)[number]['key']

const ticks = [0, 0.25, 0.5, 0.75, 0.9, 1]
/** 1, 2 and 5 times the powers of ten from `low` to `high` (both above 0). */
function logTicks(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => 10 ** (Math.floor(Math.log10(low)) + i),
  )
  return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((at) => at >= low && at <= high)
}

const tableShares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]

/** "48 %" or, when repeats differ, "48 %–51 %". */
function spread(values: readonly number[], format: (value: number) => string): string {
  const low = format(Math.min(...values))
  const high = format(Math.max(...values))
  return low === high ? low : `${low} to ${high}`
}

interface DistributionFigureProps {
  readonly report: Report
  readonly lines: readonly FigureLine[]
  /** What all lines share, in words. */
  readonly what: string
}

/** Cumulative distributions of the latencies, a line for each repeat. */
export function DistributionFigure({ report, lines, what }: DistributionFigureProps) {
  const [tab, setTab] = useState<TabKey>('ttft')
  const [scale, setScale] = useState<'linear' | 'log'>('linear')
  const [x, setX] = useState<number | undefined>()
  const words = tabs.find(({ key }) => key === tab)?.words ?? tab
  const drawn = lines
    .map((line) => ({ line, curves: curvesOf(report, line, `${tab}-cdf`) }))
    .filter(({ curves }) => curves.length > 0)
  const curves = drawn.flatMap(({ line, curves: own }) =>
    own.map((series) => ({ series, position: line.position })),
  )
  const smallest = Math.min(...curves.flatMap(({ series }) => series.x.filter((value) => value > 0)))
  const largest = Math.max(...curves.flatMap(({ series }) => series.x))
  const canBeLog = Number.isFinite(smallest) && smallest < largest
  const isLogX = scale === 'log' && canBeLog
  const medians = drawn.map(({ line, curves: own }) => {
    const values = own.flatMap((curve) => valueAtShare(curve, 0.5) ?? [])
    return `${line.name} ${spread(values, significant)} ms`
  })
  return (
    <section class="figure-section" aria-labelledby="distribution-heading">
      <div class="figure-head">
        <h3 id="distribution-heading">Latency distribution</h3>
        <Choice
          label="x axis"
          options={[
            { key: 'linear', title: 'linear' },
            { key: 'log', title: 'log' },
          ]}
          chosen={scale}
          onChoose={(key) => setScale(key)}
        />
      </div>
      <Tabs label="Latency" tabs={tabs} chosen={tab} onChoose={(key) => setTab(key)}>
        {drawn.length === 0 ? (
          <p class="empty">There is no curve of {words}: no request gave a value.</p>
        ) : (
          <figure
            class="chart"
            aria-label={`Share of values of ${words} up to each latency, ${what}. Medians: ${medians.join(', ')}.`}
          >
            <Legend
              entries={drawn.map(({ line, curves: own }) => ({
                name: own.length > 1 ? `${line.name} (${own.length} repeats)` : line.name,
                position: line.position,
                ...(x === undefined
                  ? {}
                  : {
                      reading: spread(
                        own.map((curve) => shareAt(curve, x)),
                        percent,
                      ),
                    }),
              }))}
            />
            <p class="axis-name">share of values{x !== undefined && ` ≤ ${significant(x)} ms`}</p>
            <Plot
              curves={curves}
              height={300}
              isLogX={isLogX}
              rangeY={[0, 1]}
              rangeX={isLogX ? [smallest * 0.95, largest * 1.05] : [0, largest * 1.03]}
              {...(isLogX ? { splitsX: logTicks(smallest * 0.95, largest * 1.05) } : {})}
              splitsY={ticks}
              formatX={tick}
              formatY={(value) => percent(value)}
              onCursor={setX}
            />
            <p class="axis-name end">{words}, ms · further left is better</p>
            <details>
              <summary>As a table</summary>
              <ScrollTable label={`${words} as a table`}>
                <thead>
                  <tr>
                    <th scope="col">ms, read off the curve</th>
                    {tableShares.map((share) => (
                      <th key={share} scope="col">
                        {quantileName(share)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {drawn.flatMap(({ line, curves: own }) =>
                    own.map((curve, repeat) => (
                      <tr key={curve.run}>
                        <th scope="row">
                          {own.length > 1 ? `${line.name}, repeat ${repeat + 1}` : line.name}
                        </th>
                        {tableShares.map((share) => {
                          const value = valueAtShare(curve, share)
                          return <td key={share}>{value === undefined ? '–' : significant(value)}</td>
                        })}
                      </tr>
                    )),
                  )}
                </tbody>
              </ScrollTable>
            </details>
          </figure>
        )}
      </Tabs>
    </section>
  )
}

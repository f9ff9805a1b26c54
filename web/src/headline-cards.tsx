import type { ReportCell, Wanted } from '../../src/model/report-cells.ts'
import { resultOf } from '../../src/model/report-cells.ts'
import { quantileName } from '../../src/model/significant.ts'
import { Direction } from './comparison.tsx'
import { ErrorShare, Quantity } from './quantity.tsx'

interface Card {
  readonly title: string
  readonly what: string
  readonly unit: string
  readonly better: 'lower' | 'higher'
  readonly main: Wanted
  readonly more: readonly (readonly [name: string, wanted: Wanted])[]
}

function latency(title: string, what: string, metric: string): Card {
  const of = (stat: Wanted['stat']): Wanted => ({ metric, from: 'sent', stat })
  return {
    title,
    what,
    unit: 'ms',
    better: 'lower',
    main: of(0.5),
    more: [0.95, 0.99].map((q) => [quantileName(q), of(q)] as const),
  }
}

const rate = (metric: string): Wanted => ({ metric, from: 'phase', stat: 'rate' })
const perRequest = (stat: Wanted['stat']): Wanted => ({
  metric: 'output-tokens-per-second-request',
  from: 'sent',
  stat,
})

const cards: readonly Card[] = [
  latency('TTFT p50', 'time to first token', 'ttft'),
  latency('ITL p50', 'gap between events', 'itl'),
  latency('TPOT p50', 'time per output token', 'tpot'),
  latency('E2E p50', 'whole reply', 'e2e-latency'),
  {
    title: 'Output tokens',
    what: 'all clients together',
    unit: 'tok/s',
    better: 'higher',
    main: rate('output-tokens-per-second-system'),
    more: [['per GPU', rate('output-tokens-per-second-gpu')]],
  },
  {
    title: 'Output tokens',
    what: 'one request, mean',
    unit: 'tok/s',
    better: 'higher',
    main: perRequest('mean'),
    more: [['p50', perRequest(0.5)]],
  },
  {
    title: 'Requests',
    what: 'completed, all clients',
    unit: '/s',
    better: 'higher',
    main: rate('requests-per-second'),
    more: [],
  },
  {
    title: 'Errors',
    what: 'failed or dropped',
    unit: '',
    better: 'lower',
    main: rate('error-rate'),
    more: [],
  },
]

/** The numbers people ask for first. */
export function HeadlineCards({ cell }: { readonly cell: ReportCell }) {
  return (
    <dl class="cards">
      {cards.map(({ title, what, unit, better, main, more }) => {
        const known = more.filter(([, wanted]) => resultOf(cell, wanted) !== undefined)
        return (
          <div key={title + what} class="card">
            <dt>
              {title} <Direction better={better} />
              <small>{what}</small>
            </dt>
            <dd>
              <span class="main">
                {main.metric === 'error-rate' ? (
                  <ErrorShare cell={cell} />
                ) : (
                  <Quantity cell={cell} {...main} />
                )}
                {unit !== '' && <span class="unit">{unit}</span>}
              </span>
              {known.length > 0 && (
                <span class="more">
                  {known.map(([name, wanted]) => (
                    <span key={name}>
                      {name} <Quantity cell={cell} {...wanted} />
                    </span>
                  ))}
                </span>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

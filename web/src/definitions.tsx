import type { Report } from '../../src/model/report.ts'
import { Direction } from './comparison.tsx'

/** Words between backticks as code, the rest as it is. */
function withCode(text: string) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={`${i}${part}`}>{part}</code> : part))
}

/** What each metric means, in the words of the report. */
export function Definitions({ report }: { readonly report: Report }) {
  return (
    <section aria-labelledby="definitions-heading">
      <h2 id="definitions-heading">Definitions</h2>
      <div class="definitions">
        {report.metrics.map(({ id, title, unit, better, formula }) => (
          <details key={id}>
            <summary>
              {title} <span class="quiet">{unit}</span> <Direction better={better} />
            </summary>
            <p>{withCode(formula)}</p>
            <p class="quiet">
              In files: <code>{id}</code>
            </p>
          </details>
        ))}
      </div>
    </section>
  )
}

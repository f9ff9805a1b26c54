import { findingGroups } from '../../src/model/finding-groups.ts'
import type { Report } from '../../src/model/report.ts'

/** Every doubt, with what to do about it. */
export function Findings({ report }: { readonly report: Report }) {
  const groups = findingGroups(report)
  return (
    <section id="findings" aria-labelledby="findings-heading">
      <h2 id="findings-heading">How far to trust it</h2>
      {groups.length === 0 ? (
        <p class="empty">No doubts were found.</p>
      ) : (
        <ul class="findings">
          {groups.map(({ code, severity, advice, found }) => (
            <li key={severity + code + advice} class={`finding ${severity}`}>
              <p class="finding-title">
                <strong>{severity}</strong> <code>{code}</code>
              </p>
              <ul>
                {found.map(({ where, message }) => (
                  <li key={where + message}>
                    {where !== 'study' && report.runs.length > 1 && <span class="where">{where}: </span>}
                    {message}
                  </li>
                ))}
              </ul>
              <p class="advice">{advice}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

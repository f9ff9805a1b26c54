import { differenceGroups, differencesHint } from '../../src/model/difference-lines.ts'
import type { Report } from '../../src/model/report.ts'
import { ScrollTable } from './scroll-table.tsx'

/** Every target against the first, request by request; nothing when there is one target. */
export function Differences({ report }: { readonly report: Report }) {
  const groups = differenceGroups(report)
  if (groups.length === 0) return null
  const metrics = [
    ...new Set(groups.flatMap(({ rows }) => rows.flatMap((row) => row.cells.map((cell) => cell.metric)))),
  ]
  return (
    <section aria-labelledby="differences-heading">
      <h2 id="differences-heading">Differences</h2>
      <p class="hint">{differencesHint}</p>
      <ScrollTable label="Differences" kind="comparison">
        <thead>
          <tr>
            <th scope="col">Target</th>
            {metrics.map((metric) => (
              <th key={metric} scope="col">
                {metric}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ workload, load, against, rows }) => (
          <tbody key={`${workload} ${load}`}>
            <tr class="group">
              <th scope="rowgroup" colSpan={metrics.length + 1}>
                <span class="group-title">
                  {[...(report.workloads.length > 1 ? [workload] : []), load].join(' / ')}
                  <small>against {against}</small>
                </span>
              </th>
            </tr>
            {rows.map(({ target, cells }) => (
              <tr key={target}>
                <th scope="row">{target}</th>
                {metrics.map((metric) => {
                  const cell = cells.find((one) => one.metric === metric)
                  return (
                    <td key={metric}>
                      {cell === undefined ? (
                        '–'
                      ) : (
                        <>
                          {cell.text}
                          <small>
                            {[cell.ratio, cell.verdict, `${cell.pairs} pairs`].filter(Boolean).join(' · ')}
                          </small>
                        </>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        ))}
      </ScrollTable>
    </section>
  )
}

import type { Report } from '../../src/model/report.ts'
import { settingRows } from '../../src/model/settings-table.ts'
import { ScrollTable } from './scroll-table.tsx'

/** Effective settings of the targets side by side; those that differ are marked. */
export function Settings({ report }: { readonly report: Report }) {
  const rows = settingRows(report)
  const isDiffering = rows.some(({ differs }) => differs)
  return (
    <>
      <h3>Settings</h3>
      {isDiffering && <p class="hint">≠ marks what is not the same for all targets.</p>}
      <ScrollTable label="Settings" kind="settings">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            {report.targets.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">url</th>
            {report.targets.map(({ name, urls }) => (
              <td key={name}>{urls.join(', ')}</td>
            ))}
          </tr>
          {rows.map(({ name, values, differs }) => (
            <tr key={name} class={differs ? 'differs' : undefined}>
              <th scope="row">{differs ? `≠ ${name}` : name}</th>
              {report.targets.map((target, i) => (
                <td key={target.name}>{values[i] ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  )
}

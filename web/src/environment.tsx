import type { ComponentChildren } from 'preact'
import type { Report } from '../../src/model/report.ts'
import { percent, significant } from '../../src/model/significant.ts'
import { ScrollTable } from './scroll-table.tsx'
import { Settings } from './settings.tsx'

type Fact = readonly [name: string, value: ComponentChildren]

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts-list">
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function hostFacts({ host, assay }: Report): Fact[] {
  return [
    ['Host', host.hostname],
    ['System', `${host.platform} ${host.kernel} ${host.arch}`],
    ['CPU', host.cpu],
    ['Cores', `${host.usableCores} usable of ${host.cores}`],
    ['Memory', `${significant(host.memoryBytes / 2 ** 30)} GiB`],
    ['CPU governor', host.governor],
    ['CPU quota', host.cgroupCpuQuotaCores === undefined ? undefined : `${host.cgroupCpuQuotaCores} cores`],
    ['Stolen CPU time', host.steal === undefined ? undefined : percent(host.steal)],
    ['Listen queue', host.somaxconn],
    ['Descriptors', host.descriptorLimit],
    ['Node', [host.node, ...host.nodeFlags].join(' ')],
    ['Assay', assay],
  ]
}

/** Where the numbers come from: the machine that made the load, the targets, and how to do it again. */
export function Environment({ report }: { readonly report: Report }) {
  const commands = [...new Set(report.runs.map((run) => run.repeatCommand))]
  return (
    <section aria-labelledby="environment-heading">
      <h2 id="environment-heading">Environment</h2>
      <div class="panels">
        <div class="panel">
          <h3>Load came from</h3>
          <Facts facts={hostFacts(report)} />
        </div>
      </div>
      <Settings report={report} />
      <h3>How to repeat it</h3>
      <pre>{commands.join('\n')}</pre>
      <details>
        <summary>Runs and workload hashes</summary>
        <ScrollTable label="Runs" kind="errors">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Started</th>
              <th scope="col">Folder</th>
              <th scope="col">Workload SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {report.runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">{run.id}</th>
                <td>{run.startedAt}</td>
                <td>
                  <code>{run.folder}</code>
                </td>
                <td>
                  <code>{run.workloadSha256}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      </details>
    </section>
  )
}

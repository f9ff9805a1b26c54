import type { Finding } from '../../model/finding.ts'
import type { Result } from '../../model/report.ts'
import type { HostInfo, Run } from '../../model/run.ts'

/** The metrics whose quantiles people read first. */
const headlines: readonly string[] = ['ttft', 'itl', 'tpot', 'e2e-latency']

/** Pooled headline quantiles that are withheld: one finding for each target, workload and load. */
export function fewSamples(results: readonly Result[]): Finding[] {
  const cells = new Map<string, Map<string, { n: number; missing: string[] }>>()
  for (const { target, workload, load, metric, repeat, from, q, n, withheld } of results) {
    if (repeat !== 'pooled' || from !== 'sent' || withheld === undefined || q === undefined) continue
    if (!headlines.includes(metric)) continue
    const name = `${target} / ${workload} / ${load}`
    const cell = cells.get(name) ?? new Map<string, { n: number; missing: string[] }>()
    const entry = cell.get(metric) ?? { n, missing: [] }
    entry.missing.push(`p${Number((q * 100).toPrecision(6))} needs ${withheld.needs}`)
    cells.set(name, cell.set(metric, entry))
  }
  return [...cells].map(([name, cell]) => {
    const lines = [...cell].map(
      ([metric, { n, missing }]) => `${metric} has ${n} values (${missing.join(', ')})`,
    )
    return {
      code: 'few-samples',
      severity: 'note',
      message: `${name}: too few values for some quantiles, which are withheld: ${lines.join('; ')}.`,
      advice: 'Send more requests, measure longer or repeat more often; until then read the lower quantiles.',
    }
  })
}

/** Targets of a study must replay the same bytes: runs of one workload name whose content differs. */
export function workloadDiffers(runs: readonly Run[]): Finding[] {
  const hashes = new Map<string, Set<string>>()
  for (const { cell, workload } of runs) {
    const name = cell.workload.name
    hashes.set(name, (hashes.get(name) ?? new Set<string>()).add(workload.sha256))
  }
  return [...hashes]
    .filter(([, seen]) => seen.size > 1)
    .map(([name, seen]) => ({
      code: 'workload-differs',
      severity: 'invalid',
      message: `Runs of workload ${name} sent ${seen.size} different lists of requests (${[...seen].map((hash) => hash.slice(0, 12)).join(', ')}): their numbers cannot be compared or pooled.`,
      advice: 'Repeat the runs from one study, so that all of them replay the same frozen workload.',
    }))
}

/** What the workloads say of themselves, once each: approximate lengths and whatever their source noticed. */
export function workloadNotices(runs: readonly Run[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const { cell, workload } of runs) {
    const { name, source, tokenizer } = cell.workload
    const guessed = source.kind === 'synthetic' && tokenizer === undefined
    for (const notice of workload.notices) {
      found.set(`${name}: ${notice}`, {
        code: guessed ? 'approximate-lengths' : 'workload-notice',
        severity: 'note',
        message: `Workload ${name}: ${notice}`,
        advice: guessed
          ? 'Name the tokenizer of the model in the workload to make its lengths exact, and read the token counts of the report.'
          : 'Read the token counts of the report, and mend the workload if this is not meant.',
      })
    }
  }
  return [...found.values()]
}

/** Facts of a host that explain a noisy client, by the field that holds them. */
const hostFacts = {
  governor: 'CPU frequency governor',
  steal: 'stolen CPU time',
  cgroupCpuQuotaCores: 'CPU quota',
  affinity: 'CPU affinity',
  somaxconn: 'listen queue limit',
  descriptorLimit: 'descriptor limit',
} as const satisfies { readonly [field in keyof HostInfo]?: string }

/** The client ran where Assay cannot read what disturbs it. */
export function hostNotLinux(host: HostInfo): Finding[] {
  if (host.platform === 'linux') return []
  const missing = Object.entries(hostFacts)
    .filter(([field]) => host[field as keyof typeof hostFacts] === undefined)
    .map(([, fact]) => fact)
  if (missing.length === 0) return []
  return [
    {
      code: 'host-not-linux',
      severity: 'note',
      message: `The client ran on ${host.platform}, where Assay cannot read: ${missing.join(', ')}. What disturbs the client there stays unseen.`,
      advice: 'Measure from a Linux host when small differences matter.',
    },
  ]
}

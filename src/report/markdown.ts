import { differenceGroups, differencesHint } from '../model/difference-lines.ts'
import { endpointLines } from '../model/endpoint-lines.ts'
import { findingGroups, runLabel } from '../model/finding-groups.ts'
import { littlesLawLine } from '../model/littles-law-line.ts'
import { noticeGroups } from '../model/notice-groups.ts'
import type { Report } from '../model/report.ts'
import {
  bundling,
  commonTail,
  errorShareOf,
  type ReportCell,
  reportCells,
  resultOf,
} from '../model/report-cells.ts'
import { serverCountersLine } from '../model/server-counters-line.ts'
import { settingRows } from '../model/settings-table.ts'
import { percent, quantileName, significant } from '../model/significant.ts'
import { verdictGroups } from '../model/verdict-groups.ts'
import { headlineQuantiles, headlineRates, latencyRows, tokenSources, withheldNotes } from './headline.ts'
import { ledgerSection } from './ledger-markdown.ts'
import { code, literal, markdownTable } from './markdown-text.ts'
import type { Renderer } from './renderer.ts'
import { countsLine, nothing } from './text-tables.ts'

function shown(value: number | undefined): string {
  return value === undefined ? nothing : significant(value)
}

function summary(report: Report): string {
  const { study, runs } = report
  const facts = [
    `Assay ${literal(report.assay)}`,
    `${report.created.slice(0, 16).replace('T', ' ')} UTC`,
    `seed ${study.seed}`,
    runs.length === 1 ? '1 run' : `${runs.length} runs`,
  ]
  const stamps = (['trusted', 'degraded', 'client-bound'] as const).flatMap((stamp) => {
    const n = report.verdicts.filter(({ verdict }) => verdict === stamp).length
    return n === 0 ? [] : [`${n} ${stamp}`]
  })
  const doubts = (['invalid', 'warning', 'note'] as const).flatMap((severity) => {
    const n = report.findings.filter((finding) => finding.severity === severity).length
    return n === 0 ? [] : [`${n} ${severity}`]
  })
  return [
    `# ${literal(study.name)}`,
    facts.join(' · '),
    ...(stamps.length === 0 ? [] : [`**Verdict:** ${stamps.join(', ')}`]),
    `**Findings:** ${doubts.length === 0 ? 'none' : doubts.join(', ')}`,
  ].join('\n\n')
}

function comparison(report: Report, cells: readonly ReportCell[]): string[] {
  if (cells.length < 2) return []
  const tail = commonTail(cells, 'ttft')
  const isOneWorkload = report.workloads.length === 1
  const heads = [
    `target / ${isOneWorkload ? '' : 'workload / '}load`,
    'TTFT p50 ms ↓',
    `TTFT ${quantileName(tail)} ms ↓`,
    'ITL p50 ms ↓',
    'TPOT p50 ms ↓',
    'requests/s, system ↑',
    'output tok/s, system ↑',
    'errors ↓',
  ]
  const rows = cells.map((cell) => {
    const latency = (metric: string, stat: number) =>
      shown(resultOf(cell, { metric, from: 'sent', stat })?.value)
    const rate = (metric: string) => resultOf(cell, { metric, from: 'phase', stat: 'rate' })?.value
    const errors = errorShareOf(cell)
    return [
      [cell.target, ...(isOneWorkload ? [] : [cell.workload]), cell.load].map(literal).join(' / '),
      latency('ttft', 0.5),
      latency('ttft', tail),
      latency('itl', 0.5),
      latency('tpot', 0.5),
      shown(rate('requests-per-second')),
      shown(rate('output-tokens-per-second-system')),
      errors === undefined ? nothing : percent(errors),
    ]
  })
  const notices = noticeGroups(report).map(
    ({ notice, targets }) => `> **Notice:** ${targets.map(literal).join(', ')}: ${literal(notice)}`,
  )
  return ['## Comparison', markdownTable(heads, rows), ...notices]
}

/** Every target against the first, request by request. */
function differences(report: Report): string[] {
  const groups = differenceGroups(report)
  if (groups.length === 0) return []
  const rows = groups.flatMap(({ workload, load, against, rows }) =>
    rows.flatMap(({ target, cells }) =>
      cells.map(({ metric, text, ratio = nothing, verdict, pairs }) => [
        literal(target),
        literal(against),
        [...(report.workloads.length > 1 ? [workload] : []), load].map(literal).join(' / '),
        metric,
        text,
        ratio,
        verdict,
        String(pairs),
      ]),
    ),
  )
  const heads = ['target', 'against', 'load', 'metric', 'difference', 'ratio', 'verdict', 'pairs']
  return ['## Differences', differencesHint, markdownTable(heads, rows)]
}

function details(report: Report, cell: ReportCell): string[] {
  const target = report.targets.find(({ name }) => name === cell.target)
  const workload = report.workloads.find(({ name }) => name === cell.workload)
  const load = report.loads.find(({ name }) => name === cell.load)
  const stats = ['mean', ...headlineQuantiles] as const
  const latencies = latencyRows(cell).map(({ metric, name, from, isPair }) => {
    const all = stats.map((stat) => resultOf(cell, { metric, from, stat }))
    const numbers = all.map((result) => shown(result?.value))
    return [`${name} ms ↓${isPair ? ` from ${from}` : ''}`, ...numbers, String(all[0]?.n ?? 0)]
  })
  const rates = headlineRates.flatMap(({ metric, name }) => {
    const value = resultOf(cell, { metric, from: 'phase', stat: 'rate' })?.value
    return value === undefined ? [] : [[`${name} ↑`, significant(value)]]
  })
  const speed = resultOf(cell, { metric: 'output-tokens-per-second-request', from: 'sent', stat: 'mean' })
  if (speed?.value !== undefined) rates.push(['output tok/s, one request (mean) ↑', significant(speed.value)])
  const notices = [...(target?.notices ?? []), ...(workload?.notices ?? [])]
  const sources = tokenSources(cell)
  const bundled = bundling(cell)
  const law = littlesLawLine(report, cell)
  const counters = serverCountersLine(report, cell)
  const facts = [
    ...(target === undefined ? [] : [`- model: ${code(target.model)} (${literal(target.dialect)})`]),
    ...(load === undefined ? [] : [`- load: ${literal(load.description)} (${load.loop} loop)`]),
    ...(workload === undefined ? [] : [`- workload: ${literal(workload.description)}`]),
    ...(cell.runs.length > 1 ? [`- repeats: ${cell.runs.length}, pooled`] : []),
    `- requests: ${countsLine(cell)}`,
    ...(sources.length === 0 ? [] : [`- tokens: ${sources.join(', ')}`]),
    ...(bundled === undefined ? [] : [`- events: ${significant(bundled)} tokens each on average`]),
    ...(law === undefined ? [] : [`- in flight: ${law}`]),
    ...(counters === undefined ? [] : [`- server: ${literal(counters)}`]),
    ...endpointLines(report, cell).map((line) => `- endpoint: ${literal(line)}`),
  ]
  const heads = stats.map((stat) => (typeof stat === 'number' ? quantileName(stat) : stat))
  const withheld = withheldNotes(cell)
  return [
    `## ${[cell.target, cell.workload, cell.load].map(literal).join(' / ')}`,
    ...notices.map((notice) => `> **Notice:** ${literal(notice)}`),
    facts.join('\n'),
    markdownTable(['latency', ...heads, 'values'], latencies),
    ...(withheld.length === 0 ? [] : [withheld.map((note) => `- ${nothing} ${note}`).join('\n')]),
    ...(rates.length === 0 ? [] : [markdownTable(['throughput', 'value'], rates)]),
    ...ledgerSection(report, cell),
  ]
}

function verdicts(report: Report): string[] {
  const groups = verdictGroups(report)
  if (groups.length === 0) return []
  const isSingle = report.runs.length === 1
  const entries = groups.map(({ verdict, numbers, runs, reasons }) => {
    const where = isSingle ? '' : ` (${runs.map(literal).join('; ')})`
    const why = reasons.map(({ reason, runs: of }) => {
      const which = of.length === 0 || isSingle ? '' : `${of.map(literal).join('; ')}: `
      return `  - ${which}${literal(reason)}`
    })
    return [`- **${verdict}**: ${literal(numbers)}${where}`, ...why].join('\n')
  })
  return ['## Verdicts', entries.join('\n')]
}

function findings(report: Report): string[] {
  const groups = findingGroups(report)
  if (groups.length === 0) return []
  const entries = groups.map(({ severity, code: name, advice, found }) => {
    const places = found.map(({ where, message }) => `  - ${literal(where)}: ${literal(message)}`)
    return [`- **${severity}** ${code(name)}`, ...places, `  - *${literal(advice)}*`].join('\n')
  })
  return ['## Findings', entries.join('\n')]
}

function errors(report: Report): string[] {
  if (report.errors.length === 0) return []
  const rows = report.errors.map(({ run, kind, status, n, example }) => [
    literal(runLabel(report, run)),
    `${code(kind)}${status === undefined ? '' : ` ${status}`}`,
    String(n),
    code(example.slice(0, 300)),
  ])
  return ['## Errors', markdownTable(['run', 'kind', 'requests', 'first message'], rows)]
}

/** All settings side by side, those that differ first to the eye. */
function settings(report: Report): string[] {
  const rows = settingRows(report).map(({ name, values, differs }) => [
    differs ? `**≠ ${literal(name)}**` : literal(name),
    ...values.map((value) => (value === undefined ? nothing : literal(value))),
  ])
  return ['## Settings', markdownTable(['setting', ...report.targets.map(({ name }) => literal(name))], rows)]
}

function origin(report: Report): string[] {
  const { host } = report
  const machine = [
    `${host.platform} ${host.kernel} ${host.arch}`,
    ...(host.cpu === undefined ? [] : [host.cpu]),
    `${host.usableCores} of ${host.cores} cores`,
    `Node ${host.node}`,
  ]
  const commands = [...new Set(report.runs.map((run) => run.repeatCommand))]
  return [
    '## How it was measured',
    `Load came from ${machine.map(literal).join(', ')}.`,
    ...(commands.length === 0
      ? []
      : [`Repeat it:\n\n${commands.map((line) => `- ${code(line)}`).join('\n')}`]),
  ]
}

/** The report as GitHub-flavoured markdown, for pull requests; every text of others is literal. */
export function reportMarkdown(report: Report): string {
  const cells = reportCells(report)
  const parts = [
    summary(report),
    ...verdicts(report),
    ...comparison(report, cells),
    ...differences(report),
    ...findings(report),
    ...cells.flatMap((cell) => details(report, cell)),
    ...errors(report),
    ...settings(report),
    ...origin(report),
  ]
  return `${parts.join('\n\n')}\n`
}

/** report.md. */
export const markdown: Renderer = {
  name: 'markdown',
  file: 'report.md',
  mediaType: 'text/markdown; charset=utf-8',
  render: reportMarkdown,
}

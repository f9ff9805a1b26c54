import { differenceGroups, differencesHint } from '../model/difference-lines.ts'
import { endpointLines } from '../model/endpoint-lines.ts'
import type { Finding } from '../model/finding.ts'
import { findingGroups } from '../model/finding-groups.ts'
import { littlesLawLine } from '../model/littles-law-line.ts'
import { noticeGroups } from '../model/notice-groups.ts'
import type { Report } from '../model/report.ts'
import { bundling, type ReportCell, reportCells } from '../model/report-cells.ts'
import { serverCountersLine } from '../model/server-counters-line.ts'
import { settingRows } from '../model/settings-table.ts'
import { significant, wholeNumber } from '../model/significant.ts'
import { verdictGroups } from '../model/verdict-groups.ts'
import { type Colours, makeColours } from './colours.ts'
import { tokenSources, withheldNotes } from './headline.ts'
import { ledgerTable } from './ledger-text.ts'
import type { Renderer } from './renderer.ts'
import { cutTo, padTo, printable, wrapped } from './terminal-text.ts'
import { comparisonTable, countsLine, latencyTable, rateTable } from './text-tables.ts'

/** Lines are at most this wide. */
export const textColumns = 80

/** Above this many cells the details of each are left to the other formats. */
const mostDetails = 6

function block(indent: string, text: string): string[] {
  return wrapped(printable(text), textColumns - indent.length).map((line) => indent + line)
}

/** A label in the first line, the text hanging under itself. */
function labelled(label: string, text: string, columns = 10): string[] {
  return block(' '.repeat(columns), text).map((line, i) =>
    i === 0 ? label.padEnd(columns) + line.slice(columns) : line,
  )
}

function head(report: Report, colours: Colours): string[] {
  const { study, runs } = report
  const [first] = block('', study.name)
  const facts = [
    `Assay ${report.assay}`,
    `${report.created.slice(0, 16).replace('T', ' ')} UTC`,
    `seed ${study.seed}`,
    runs.length === 1 ? '1 run' : `${runs.length} runs`,
  ]
  return [colours.bold(first ?? 'report'), ...block('', facts.join(' · ')).map(colours.dim)]
}

/** What must be said of targets wherever their numbers are. */
function targetNotices(report: Report, colours: Colours): string[] {
  return noticeGroups(report).flatMap(({ notice, targets }) =>
    labelled('notice', `${targets.join(', ')}: ${notice}`).map(colours.yellow),
  )
}

/** What this cell was, as far as the comparison above it does not say so. */
function about(report: Report, cell: ReportCell, isOnly: boolean, colours: Colours): string[] {
  const target = report.targets.find(({ name }) => name === cell.target)
  const workload = report.workloads.find(({ name }) => name === cell.workload)
  const load = report.loads.find(({ name }) => name === cell.load)
  const notices = [...(target?.notices ?? []), ...(workload?.notices ?? [])]
  return [
    ...(target === undefined ? [] : labelled('model', `${target.model} (${target.dialect})`)),
    ...(isOnly && load !== undefined ? labelled('load', `${load.description} (${load.loop} loop)`) : []),
    ...(isOnly && workload !== undefined ? labelled('workload', workload.description) : []),
    ...(cell.runs.length > 1 ? labelled('repeats', `${cell.runs.length}, pooled`) : []),
    ...notices.flatMap((notice) => labelled('notice', notice)).map(colours.yellow),
  ]
}

function detail(report: Report, cell: ReportCell, isOnly: boolean, colours: Colours): string[] {
  const sources = tokenSources(cell)
  const bundled = bundling(cell)
  const law = littlesLawLine(report, cell)
  const counters = serverCountersLine(report, cell)
  return [
    '',
    ...block('', `${cell.target} / ${cell.workload} / ${cell.load}`).map(colours.bold),
    ...about(report, cell, isOnly, colours),
    '',
    ...latencyTable(cell, colours),
    ...withheldNotes(cell).map((note) => colours.dim(`  – ${note}`)),
    ...rateTable(cell, colours),
    ...ledgerTable(report, cell, colours),
    '',
    ...labelled('requests', countsLine(cell)),
    ...(sources.length === 0 ? [] : labelled('tokens', sources.join(', '))),
    ...(bundled === undefined ? [] : labelled('events', `${significant(bundled)} tokens each on average`)),
    ...(law === undefined ? [] : labelled('in flight', law)),
    ...(counters === undefined ? [] : labelled('server', counters)),
    ...endpointLines(report, cell).flatMap((line) => labelled('endpoint', line)),
  ]
}

const verdictColours = { trusted: 'green', degraded: 'yellow', 'client-bound': 'red' } as const

/** More reasons than this per stamp are left to the findings below. */
const mostReasons = 4

/** The stamps, each with its numbers and why. */
function verdicts(report: Report, colours: Colours): string[] {
  const lines = verdictGroups(report).flatMap(({ verdict, numbers, runs, reasons }) => {
    const where = report.runs.length === 1 ? '' : runs.length > 1 ? ` (${runs.length} runs)` : ` (${runs[0]})`
    const [first = '', ...rest] = labelled(verdict, numbers + where, 14)
    const told = reasons.slice(0, mostReasons).map(({ reason, runs: of }) => {
      const which = of.length === 0 ? '' : of.length > 2 ? `${of.length} runs: ` : `${of.join('; ')}: `
      return which + reason
    })
    if (reasons.length > mostReasons) told.push(`${reasons.length - mostReasons} more: see the findings`)
    return [
      colours.bold(colours[verdictColours[verdict]](verdict)) + first.slice(verdict.length),
      ...rest,
      ...told.flatMap((reason) =>
        block(' '.repeat(16), reason).map((line, i) =>
          i === 0 ? `${' '.repeat(14)}- ${line.trimStart()}` : line,
        ),
      ),
    ]
  })
  return lines.length === 0 ? [] : ['', ...lines]
}

const severityColours = { invalid: 'red', warning: 'yellow', note: 'cyan' } as const

function findings(report: Report, colours: Colours): string[] {
  const groups = findingGroups(report)
  if (groups.length === 0) return []
  const lines = groups.flatMap(({ severity, code, advice, found }) => {
    const mark: Record<Finding['severity'], string> = { invalid: '✗', warning: '!', note: 'i' }
    const title = colours[severityColours[severity]](`${mark[severity]} ${severity}`)
    const isSingle = report.runs.length === 1
    return [
      `${title}  ${colours.bold(printable(code))}`,
      ...found.flatMap(({ where, message }) =>
        block('    ', isSingle || where === 'study' ? message : `${where}: ${message}`),
      ),
      ...block('    ', `→ ${advice}`).map(colours.dim),
    ]
  })
  return ['', colours.bold('Findings'), ...lines]
}

/** Settings of several targets that are not the same. */
function settings(report: Report, colours: Colours): string[] {
  const differing = settingRows(report).filter(({ name, differs }) => differs && name !== 'command')
  if (differing.length === 0) return []
  const lines = differing.flatMap(({ name, values }) =>
    labelled(
      `  ${name}`,
      [...new Set(values)]
        .map((value) => `${value ?? 'unknown'} (${whose(report, values, value)})`)
        .join(' · '),
      24,
    ),
  )
  return ['', colours.bold('Settings that differ between targets'), ...lines]
}

function whose(report: Report, values: readonly unknown[], value: unknown): string {
  return report.targets.flatMap(({ name }, i) => (values[i] === value ? [name] : [])).join(', ')
}

/** Failures by kind and status, all runs together, with the first message of each. */
function errors(report: Report, colours: Colours): string[] {
  const groups = new Map<string, { n: number; example: string }>()
  for (const { kind, status, n, example } of report.errors) {
    const name = `${kind}${status === undefined ? '' : ` ${status}`}`
    const seen = groups.get(name)
    groups.set(name, { n: n + (seen?.n ?? 0), example: seen?.example ?? example })
  }
  if (groups.size === 0) return []
  const lines = [...groups].map(([name, { n, example }]) => {
    const head = padTo(`  ${wholeNumber(n)} × ${name}`, 24)
    return cutTo(`${head}${printable(example)}`, textColumns)
  })
  return ['', colours.bold('Errors, each with its first message'), ...lines]
}

/** Every target against the first, a line for each metric. */
function differences(report: Report, colours: Colours): string[] {
  const groups = differenceGroups(report)
  if (groups.length === 0) return []
  const lines = groups.flatMap(({ workload, load, against, rows }) => [
    named(`${report.workloads.length > 1 ? `${workload} / ` : ''}${load}, against ${against}`),
    ...rows.flatMap(({ target, cells }) => [
      named(`  ${target}`),
      ...cells.map(({ metric, text, ratio = '', verdict }) =>
        [
          padTo(`    ${metric}`, 10),
          padTo(text, 32),
          padTo(ratio, 23),
          verdict === 'no difference shown' ? 'not shown' : verdict,
        ].join(''),
      ),
    ]),
  ])
  const hint = wrapped(differencesHint, textColumns).map((line) => colours.dim(line))
  return ['', colours.bold('Differences'), ...lines, ...hint]
}

/** A line of names that a user chose. */
function named(text: string): string {
  const indent = text.length - text.trimStart().length
  return cutTo(' '.repeat(indent) + printable(text.trimStart()), textColumns)
}

/** The report for a terminal: lines of at most 80 columns, colour codes only when asked for. */
export function reportText(report: Report, colour: boolean): string {
  const colours = makeColours(colour)
  const cells = reportCells(report)
  const lines = [...head(report, colours), ...verdicts(report, colours)]
  if (cells.length > 1)
    lines.push(
      '',
      ...comparisonTable(report, cells, colours),
      ...targetNotices(report, colours),
      ...differences(report, colours),
    )
  if (cells.length <= mostDetails) {
    const isOnly = cells.length === 1
    lines.push(...cells.flatMap((cell) => detail(report, cell, isOnly, colours)))
  } else lines.push('', ...block('', `Details of all ${cells.length} cells: report.html and summary.csv.`))
  lines.push(...settings(report, colours), ...findings(report, colours), ...errors(report, colours))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** The report for a terminal. */
export const text: Renderer = {
  name: 'text',
  file: 'report.txt',
  mediaType: 'text/plain; charset=utf-8',
  render: (report, { colour }) => reportText(report, colour),
}

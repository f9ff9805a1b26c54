import { significant, wholeNumber } from '../model/significant.ts'
import type { Audit } from './audit.ts'
import type { Difference } from './differences.ts'
import { figures } from './figures.ts'
import { readers } from './readers/index.ts'
import type { Usage } from './usage.ts'

/** How a text is made to stand out: terminal colours, or nothing. */
export interface AuditStyle {
  bold(text: string): string
  dim(text: string): string
  yellow(text: string): string
}

const nothing = '–'
const bytesPerMb = 1024 * 1024

/** An audit for people: the table of differences, then what else the server and the host saw. */
export function auditText(audit: Audit, style: AuditStyle): string {
  const { reader, simulated, truth, differences, findings } = audit
  const who = reader === undefined ? 'the command' : readers[reader].title
  const rows = differences.map((each) => row(titleOf(each), ...cells(each)))
  return [
    style.bold(`What ${who} reports against what the server did`),
    `${counted(truth.requests, 'request')}, ${counted(truth.events, 'event')}; simulated timings: first token after ${simulated.ttftMs} ms, then one each ${simulated.itlMs} ms`,
    '',
    style.dim(row('', 'truth', 'reported', 'difference')),
    ...rows,
    ...stampLines(audit, style),
    '',
    ...facts(audit).map(([name, text]) => `${style.dim(name.padEnd(10))}${text}`),
    ...findings.flatMap(({ severity, message, advice }) => [
      '',
      `${severity === 'note' ? 'note:' : style.yellow(`${severity}:`)} ${message}`,
      ...(advice === '' ? [] : [`  ${advice}`]),
    ]),
    '',
  ].join('\n')
}

function row(title: string, truth: string, reported: string, difference: string): string {
  return `${title.padEnd(22)}${truth.padStart(12)}${reported.padStart(12)}${difference.padStart(14)}`
}

function titleOf({ figure, unit }: Difference): string {
  const { title } = figures[figure]
  return unit === 'ms' ? `${title} ms` : title
}

function cells({ unit, truth, reported, difference }: Difference): [string, string, string] {
  const shown = (value: number | undefined) => (value === undefined ? nothing : valueText(value, unit))
  if (difference === undefined) return [shown(truth), shown(reported), nothing]
  if (unit === 'ms') return [shown(truth), shown(reported), signed(difference.toFixed(3))]
  if (unit === 'requests' || unit === 'tokens')
    return [shown(truth), shown(reported), signed(wholeNumber(difference))]
  const share = truth === undefined || truth === 0 ? undefined : (difference / truth) * 100
  return [shown(truth), shown(reported), share === undefined ? nothing : `${signed(share.toFixed(1))} %`]
}

function valueText(value: number, unit: Difference['unit']): string {
  if (unit === 'ms') return value.toFixed(2)
  return unit === 'requests' || unit === 'tokens' ? wholeNumber(value) : value.toFixed(1)
}

/** Rounded to zero it has no sign. */
function signed(text: string): string {
  if (!/[1-9]/.test(text)) return text.replace('-', '')
  return text.startsWith('-') ? text : `+${text}`
}

function stampLines({ stamps }: Audit, style: AuditStyle): string[] {
  const rows = [
    ['stamp of an event − its write, ms', stamps?.event],
    ['TTFT − the server’s, ms', stamps?.ttft],
    ['of it, arrival − sent, ms', stamps?.arrival],
  ] as const
  const lines = rows.flatMap(([title, error]) => {
    if (error === undefined) return []
    const values = [error.p50Ms, error.p99Ms, error.maxMs].map((value) => value.toFixed(3).padStart(9))
    return [`${title.padEnd(36)}${values.join('')}`]
  })
  if (lines.length === 0) return []
  const head = ['p50', 'p99', 'most'].map((name) => name.padStart(9)).join('')
  return ['', style.dim(`${'request by request'.padEnd(36)}${head}`), ...lines]
}

function facts(audit: Audit): (readonly [string, string])[] {
  const { truth, usage, lateness } = audit
  const load = [
    truth.arrivalSpreadMs === undefined ? '' : `arrivals over ${duration(truth.arrivalSpreadMs)}`,
    truth.arrivalsPerSecond === undefined ? '' : `${significant(truth.arrivalsPerSecond)} requests/s`,
    truth.arrivalGapCv === undefined
      ? ''
      : `CV of their gaps ${truth.arrivalGapCv.toFixed(2)} (1 is Poisson)`,
    `at most ${wholeNumber(truth.peakOpen)} open at once`,
    truth.leftOut === 0 ? '' : `${wholeNumber(truth.leftOut)} left out`,
  ]
  const before = usage.cpuBeforeFirstRequestS
  const cost = [
    usage.cpuS === undefined ? '' : `${usage.cpuS.toFixed(2)} s of CPU`,
    before === undefined ? '' : `${before.toFixed(2)} s of it before the first request`,
    audit.cpuUsPerEvent === undefined ? '' : `${significant(audit.cpuUsPerEvent)} µs an event in all`,
  ]
  const memory = memoryText(usage)
  const time = [
    audit.startToFirstRequestS === undefined
      ? ''
      : `${audit.startToFirstRequestS.toFixed(2)} s from start to first request`,
    `${audit.wallS.toFixed(2)} s in all`,
  ]
  const { p50Ms, p99Ms, maxMs } = lateness
  const late = [p50Ms, p99Ms, maxMs].map((value) => value?.toFixed(3) ?? nothing)
  return [
    ['load', joined(load)],
    ...(joined(cost) === '' ? [] : [['cost', joined(cost)] as const]),
    ...(memory === undefined ? [] : [['memory', memory] as const]),
    ['time', joined(time)],
    ['server', `late itself by ${late[0]} ms (p50), ${late[1]} ms (p99), ${late[2]} ms (most)`],
  ]
}

function memoryText({ peakRssBytes, peakTreeRssBytes, processes }: Usage): string | undefined {
  if (peakRssBytes === undefined || peakTreeRssBytes === undefined) return undefined
  const one = `at most ${megabytes(peakRssBytes)} MB`
  if (processes === undefined || processes === 1) return one
  return `${one} in one process, ${megabytes(peakTreeRssBytes)} MB in all ${wholeNumber(processes)} together`
}

function duration(ms: number): string {
  return ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`
}

function counted(n: number, noun: string): string {
  return `${wholeNumber(n)} ${noun}${n === 1 ? '' : 's'}`
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ')
}

function megabytes(bytes: number): string {
  return wholeNumber(bytes / bytesPerMb)
}

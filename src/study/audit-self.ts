import { existsSync } from 'node:fs'
import type { Audit } from '../audit/audit.ts'
import { errorsOf, summary } from '../calibrate/derive.ts'
import { phases } from '../model/load.ts'
import type { Truth } from '../model/truth.ts'
import { runPaths } from '../store/layout.ts'
import { readRun } from '../store/read.ts'

/** The load of an audit of Assay itself, in the words of `assay quick`. */
export interface SelfLoad {
  readonly concurrency?: number
  readonly rate?: number
  readonly burst?: number
  readonly requests?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
}

/** Enough requests for a p99 with an interval. */
const defaultRequests = 400
const defaultConcurrency = 32
const defaultOutputTokens = 32
const NS_PER_MS = 1e6
const measured = phases.indexOf('measure')

/** The command that audits Assay itself: its own entry, measuring the server. */
export function selfWords(entry: string, load: SelfLoad): string[] {
  const { concurrency, rate, burst, requests, inputTokens, outputTokens } = load
  const isOpen = rate !== undefined || burst !== undefined
  const flags: readonly (readonly [string, number | undefined])[] = [
    ['--concurrency', concurrency ?? (isOpen ? undefined : defaultConcurrency)],
    ['--rate', rate],
    ['--burst', burst],
    ['--requests', requests ?? (burst === undefined ? defaultRequests : undefined)],
    ['--input-tokens', inputTokens],
    ['--output-tokens', outputTokens ?? defaultOutputTokens],
  ]
  return [
    ...[process.execPath, entry, 'quick', '{url}', '--model', '{model}', '--out', '{out}/run'],
    // It is measured here and now; by itself it would be measured a second time.
    ...['--quiet', '--calibrate', 'skip'],
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
  ]
}

/**
 * What the records of an Assay run say beyond its report: which requests it measured, and the error of each stamp.
 * `undefined` when the folder is no single run.
 */
export async function selfErrors(
  folder: string,
  truth: Truth,
): Promise<
  { readonly measuredIds: ReadonlySet<string>; readonly stamps: NonNullable<Audit['stamps']> } | undefined
> {
  if (!existsSync(runPaths(folder).run)) return undefined
  const { run, records } = await readRun(folder)
  const own = records.filter(({ phase }) => phase === measured)
  const { eventMs, ttftMs } = errorsOf(run, own, truth)
  const arrivedNs = new Map(truth.requests.map(({ requestId, arrivalNs }) => [requestId, arrivalNs]))
  const shiftNs = Number(BigInt(run.clock.epochMonotonicNs) - BigInt(truth.epochMonotonicNs))
  const arrivalMs = own.flatMap(({ index, sentNs }) => {
    const arrived = arrivedNs.get(`${run.id}-${index}`)
    return arrived === undefined || sentNs === undefined ? [] : [(arrived - sentNs - shiftNs) / NS_PER_MS]
  })
  const known = Object.entries({
    event: summary(eventMs),
    ttft: summary(ttftMs),
    arrival: summary(Float64Array.from(arrivalMs)),
  }).filter(([, value]) => value !== undefined)
  return {
    measuredIds: new Set(own.map(({ index }) => `${run.id}-${index}`)),
    stamps: Object.fromEntries(known) as NonNullable<Audit['stamps']>,
  }
}

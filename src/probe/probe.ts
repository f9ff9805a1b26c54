import { dialects as dialectTable, loadDialect } from '../dialects/index.ts'
import type { Clock } from '../model/clock.ts'
import { grpcDialects } from '../model/dialect.ts'
import type { Target } from '../model/target.ts'
import { requestHeaders, seeServer } from '../study/ready-target.ts'
import { pageUrl, type SeenServer } from '../study/server-pages.ts'
import { otherFamilies, readingsOf } from '../telemetry/server-metrics/readings.ts'
import type { DialectTrial, ProbedMetrics, ProbeResult } from './probe-result.ts'
import { tryDialect } from './try-dialect.ts'

export interface ProbeOptions {
  /** With one URL. */
  readonly target: Target
  /** The user named the dialect: no other is tried. */
  readonly isDialectGiven: boolean
  /** Every dialect is tried, also when one has answered. */
  readonly all: boolean
  readonly clock: Clock
  readonly secrets: readonly string[]
  /** Says what is being done. */
  step(message: string): void
}

/** Dialects that cannot be spoken without settings of the user's own. */
const needSettings: readonly string[] = ['custom']

/** Finds out what a server is, says and speaks. Throws `target-unreachable` when nothing answers there. */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { target, step } = options
  const url = target.urls[0] ?? ''
  step('reading its pages')
  const dialect = await loadDialect(target.dialect, target.dialectOptions)
  const server = await seeServer(target, url, requestHeaders(target, dialect))
  const { kind, by, facts, seen } = server
  const model = target.model ?? facts.models[0]?.name ?? ''
  const dialects = await tryAll(options, server, model)
  // Read again: labelled counters appear with the first request.
  const counted = await seeServer(target, url, requestHeaders(target, dialect)).catch(() => server)
  const metrics = metricsOf(counted)
  return {
    url,
    server: {
      name: kind.name,
      title: kind.title,
      ...(facts.version === undefined ? {} : { version: facts.version }),
      recognisedBy: by,
    },
    models: facts.models,
    settings: facts.settings,
    notices: facts.notices,
    pages: Object.fromEntries(Object.entries(seen.pages).map(([path, page]) => [path, page.status])),
    model,
    dialects,
    ...(metrics === undefined ? {} : { metrics }),
  }
}

async function tryAll(options: ProbeOptions, server: SeenServer, model: string): Promise<DialectTrial[]> {
  const { target, isDialectGiven, all, clock, secrets, step } = options
  const given = target.urls[0] ?? ''
  // Hosted services have their paths in the URL, others are asked from their root on.
  const isHosted = server.kind.pages.length === 0
  const url = isDialectGiven || isHosted ? given : pageUrl(given, '').href
  const trials: DialectTrial[] = []
  for (const dialect of worthTrying(options, server)) {
    step(`trying ${dialect}`)
    const trial = await tryDialect({ target, url, dialect, model, clock, secrets })
    trials.push(trial)
    if (!all && (trial.state === 'answers' || trial.state === 'refuses')) break
  }
  return isDialectGiven || all ? trials : withoutIdle(trials)
}

/** The dialects of the server's kind first, then those that anything may speak. */
function worthTrying({ target, isDialectGiven, all }: ProbeOptions, { kind }: SeenServer): string[] {
  if (isDialectGiven) return [target.dialect]
  const isKnown = kind.name !== 'unknown'
  const isGrpc = target.transport === 'grpc'
  const every = Object.keys(dialectTable).filter(
    (name) => !needSettings.includes(name) && grpcDialects.includes(name) === isGrpc,
  )
  const own = kind.dialects.filter((name) => every.includes(name))
  return [...new Set(isKnown && !all ? own : [...own, ...every])]
}

/** Dialects that were not tried for want of something say little beside one that answers. */
function withoutIdle(trials: readonly DialectTrial[]): DialectTrial[] {
  const answers = trials.some(({ state }) => state === 'answers')
  return trials.filter(({ state }) => !answers || state !== 'not-tried')
}

function metricsOf({ kind, seen, metricsUrl }: SeenServer): ProbedMetrics | undefined {
  if (metricsUrl === undefined || kind.metrics === undefined) return undefined
  const { names } = kind.metrics
  return {
    url: metricsUrl.href,
    samples: seen.metrics.length,
    known: readingsOf(seen.metrics, names),
    others: otherFamilies(seen.metrics, names),
  }
}

import type { Shape } from '../shapes/shape.ts'
import { bucketEndsS, type Histogram, type Tally } from '../tally.ts'

/** What a persona's pages are made of. */
export interface Facts {
  /** The one model there is. */
  readonly model: string
  /** Unix time at which the server began, s. */
  readonly created: number
  readonly defaultTokens: number
  readonly tally: Tally
}

export interface Page {
  readonly status?: number
  /** Absent: JSON. */
  readonly type?: string
  readonly body: string
}

/** An engine that the server plays: its paths, its habits, and what it says of itself. */
export interface Persona {
  readonly name: string
  /** Header lines by which it is known. */
  readonly server: readonly string[]
  /** A path's segment may be `*`. */
  readonly shapes: Readonly<Record<string, Shape>>
  /** Whether requests for a model that it does not list are refused. */
  readonly refusesOtherModels: boolean
  /** By path; a segment may be `*`, and "POST " stands before those that are asked for so. */
  readonly pages: Readonly<Record<string, (facts: Facts, path: string) => Page>>
}

export const uvicorn = ['Server: uvicorn'] as const

/** Where an engine states its version: nobody may take this one for a real one. */
export const version = 'simulated'
/** Prompt and output of one request together, as far as an engine states a limit. This server has none. */
export const contextTokens = 1_048_576
/** Requests that are answered at a time, where an engine states a limit. This server has none. */
export const maxSequences = 65_536

export function json(value: unknown): Page {
  return { body: JSON.stringify(value) }
}

export function text(body: string): Page {
  return { type: 'text/plain; charset=utf-8', body }
}

/** GET /v1/models with one model. */
export function models(ownedBy: string, fields: Readonly<Record<string, unknown>> = {}) {
  return ({ model, created }: Facts): Page =>
    json({ object: 'list', data: [{ id: model, object: 'model', created, owned_by: ownedBy, ...fields }] })
}

/** One family of a metrics page. */
export type Metric =
  | {
      readonly kind: 'counter' | 'gauge'
      readonly name: string
      readonly value: number
      readonly labels?: string
    }
  | { readonly kind: 'histogram'; readonly name: string; readonly value: Histogram; readonly labels?: string }
  | { readonly kind: 'totals'; readonly name: string; readonly count: number; readonly sum: number }

/** A page of metrics in Prometheus' text; `labels` of every sample, such as `model_name="m"`. */
export function metricsPage(labels: string, metrics: readonly Metric[]): Page {
  const lines: string[] = []
  const named = new Set<string>()
  const say = (name: string, value: number, own = '') => {
    const all = [labels, own].filter((some) => some !== '').join(',')
    lines.push(`${name}${all === '' ? '' : `{${all}}`} ${value}`)
  }
  for (const metric of metrics) {
    const { kind, name } = metric
    if (!named.has(name)) lines.push(`# HELP ${name} Simulated.`, `# TYPE ${name} ${typeOf(kind)}`)
    named.add(name)
    switch (metric.kind) {
      case 'counter':
      case 'gauge':
        say(name, metric.value, metric.labels)
        break
      case 'totals':
        say(`${name}_bucket`, metric.count, 'le="+Inf"')
        say(`${name}_count`, metric.count)
        say(`${name}_sum`, metric.sum)
        break
      case 'histogram': {
        const { counts, count, sumS } = metric.value
        let below = 0
        for (const [i, end] of bucketEndsS.entries()) {
          below += counts[i] ?? 0
          say(`${name}_bucket`, below, `le="${end}"`)
        }
        say(`${name}_bucket`, count, 'le="+Inf"')
        say(`${name}_count`, count)
        say(`${name}_sum`, sumS)
        break
      }
      default:
        metric satisfies never
    }
  }
  return { type: 'text/plain; version=0.0.4; charset=utf-8', body: `${lines.join('\n')}\n` }
}

function typeOf(kind: Metric['kind']): string {
  return kind === 'totals' ? 'histogram' : kind
}

/** A label's value. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

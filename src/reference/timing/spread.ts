import { exponential, normal } from '../../random/distributions.ts'
import type { Rng } from '../../random/rng.ts'

/** A distribution of times, all in ms; below 0 (a normal's `least`) they are cut off. */
export type Spread =
  | { readonly kind: 'fixed'; readonly value: number }
  | { readonly kind: 'uniform'; readonly least: number; readonly most: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number; readonly least?: number }
  /** `sigma` is the standard deviation of the logarithm, without a unit. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  | { readonly kind: 'exponential'; readonly mean: number }

interface Parameters {
  readonly needed: readonly string[]
  readonly optional?: readonly string[]
}

const kinds: Readonly<Record<Spread['kind'], Parameters>> = {
  fixed: { needed: ['value'] },
  uniform: { needed: ['least', 'most'] },
  normal: { needed: ['mean', 'sd'], optional: ['least'] },
  lognormal: { needed: ['median', 'sigma'] },
  exponential: { needed: ['mean'] },
}

/** How spreads are written on a command line. */
export const spreadForms = Object.entries(kinds)
  .map(([kind, { needed, optional = [] }]) => {
    if (kind === 'fixed') return 'a number of ms'
    return `${kind}:${needed.map((name) => `${name}=…`).join(',')}${optional.map((name) => `[,${name}=…]`).join('')}`
  })
  .join(', ')

/** One draw, in ms, 0 or more. */
export function draw(spread: Spread, rng: Rng): number {
  switch (spread.kind) {
    case 'fixed':
      return spread.value
    case 'uniform':
      return spread.least + (spread.most - spread.least) * rng.next()
    case 'normal':
      return Math.max(spread.least ?? 0, normal(rng, spread.mean, spread.sd))
    case 'lognormal':
      return spread.median * Math.exp(normal(rng, 0, spread.sigma))
    case 'exponential':
      return exponential(rng, spread.mean)
    default:
      return spread satisfies never
  }
}

/** Why a value is no spread, in a sentence; undefined when it is one. */
export function spreadMistake(value: unknown): string | undefined {
  const fields = (typeof value === 'object' ? (value ?? {}) : {}) as Record<string, unknown>
  const { kind } = fields
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    return `"${String(kind)}" is no distribution. Known: ${Object.keys(kinds).join(', ')}.`
  }
  const { needed, optional = [] } = kinds[kind as Spread['kind']]
  const known = [...needed, ...optional]
  for (const name of Object.keys(fields)) {
    if (name !== 'kind' && !known.includes(name))
      return `${kind} has no ${name}. It has: ${known.join(', ')}.`
  }
  for (const name of known) {
    const parameter = fields[name]
    if (parameter === undefined && !needed.includes(name)) continue
    if (parameter === undefined) return `${kind} needs ${name}.`
    if (typeof parameter !== 'number' || !Number.isFinite(parameter) || parameter < 0) {
      return `${name} is ${String(parameter)}; it must be a number, 0 or more.`
    }
  }
  const { least, most } = fields
  if (kind === 'uniform' && Number(least) > Number(most)) return `least (${least}) is above most (${most}).`
  return undefined
}

/** Reads `50` or `lognormal:median=50,sigma=0.5`; a sentence when it is neither. */
export function readSpread(text: string): Spread | string {
  const [, kind = '', list = ''] = /^([a-z]+)(?::(.*))?$/.exec(text.trim()) ?? []
  if (kind !== '' && !Object.hasOwn(kinds, kind)) return `"${kind}" is no time. A time is ${spreadForms}.`
  const fields: Record<string, unknown> = kind === '' ? { kind: 'fixed', value: numberIn(text) } : { kind }
  for (const pair of list === '' ? [] : list.split(',')) {
    const [name = '', value, ...rest] = pair.split('=')
    if (value === undefined || rest.length > 0) return `"${pair}" is not name=number.`
    if (Object.hasOwn(fields, name)) return `${name} is given twice.`
    fields[name.trim()] = numberIn(value)
  }
  return spreadMistake(fields) ?? (fields as unknown as Spread)
}

/** A number, or the text itself, for the message. */
function numberIn(text: string): number | string {
  return text.trim() === '' || !Number.isFinite(Number(text)) ? `"${text}"` : Number(text)
}

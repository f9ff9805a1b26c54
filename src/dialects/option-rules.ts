import type { DialectOptions, OptionRule } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'

/** The options a dialect was given, or their defaults. */
type Chosen<R> = {
  readonly [K in keyof R]: R[K] extends { readonly oneOf: readonly (infer W)[] } ? W : string
}

/** Checks a dialect's options. Throws `bad-dialect-option` with the known names or values. */
export function readOptions<const R extends Readonly<Record<string, OptionRule>>>(
  dialect: string,
  options: DialectOptions,
  rules: R,
): Chosen<R> {
  const names = Object.keys(rules)
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const meant = nearest(name, names)
    throw new AssayError('bad-dialect-option', `The dialect ${dialect} has no option "${name}".`, {
      hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Its options: ${names.join(', ')}. Fields of the request body go into body.`,
    })
  }
  const chosen = Object.entries(rules).map(([name, rule]) => [
    name,
    chosenValue(dialect, name, options[name], rule),
  ])
  return Object.fromEntries(chosen) as Chosen<R>
}

function chosenValue(dialect: string, name: string, value: unknown, rule: OptionRule): string {
  if ('oneOf' in rule) {
    if (value === undefined) return rule.oneOf[0]
    if (typeof value === 'string' && rule.oneOf.includes(value)) return value
    throw badValue(dialect, name, value, `Its values: ${rule.oneOf.join(', ')}.`)
  }
  if (value === undefined) return rule.default
  if (typeof value === 'string' && rule.form.test(value)) return value
  throw badValue(dialect, name, value, `Write it like "${rule.default}".`)
}

function badValue(dialect: string, name: string, value: unknown, hint: string): AssayError {
  const message = `The option ${name} of ${dialect} cannot be ${JSON.stringify(value)}.`
  return new AssayError('bad-dialect-option', message, { hint })
}

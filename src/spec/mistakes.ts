import type * as z from 'zod'
import { AssayError } from '../model/errors.ts'
import { nearest } from './nearest.ts'

/** One thing wrong with what a user wrote. */
export interface Mistake {
  /** Keys and indices from the top of the study. */
  readonly path: readonly (string | number)[]
  /** A sentence: what is wrong and what was expected. */
  readonly message: string
  /** The next step. */
  readonly hint?: string
}

/** Turns the schema's issues into sentences. `written` is the study as the user wrote it. */
export function mistakesOf(
  issues: readonly z.core.$ZodIssue[],
  written: unknown,
  knownKeys: KnownKeys,
): Mistake[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(path)
      return issue.keys.map((key) => unknownKey([...path, key], key, known))
    }
    if (issue.code === 'invalid_union') {
      // A mistake inside one form of a union is told there, when the user clearly meant that form.
      const inner = issue.errors.find(
        (branch) => branch.length > 0 && branch.every(({ path: at }) => at.length > 0),
      )
      if (inner !== undefined) {
        const within = inner.map(
          (one) => ({ ...one, path: [...issue.path, ...one.path] }) as z.core.$ZodIssue,
        )
        return mistakesOf(within, written, knownKeys)
      }
    }
    return [wrongValue(path, issue, valueAt(written, path))]
  })
}

/** The keys that are allowed at a path. */
export type KnownKeys = (path: readonly (string | number)[]) => readonly string[]

function unknownKey(path: readonly (string | number)[], key: string, known: readonly string[]): Mistake {
  const close = nearest(key, known)
  return {
    path,
    message: `there is no key "${key}" here.`,
    hint: close === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${close}"?`,
  }
}

function wrongValue(path: readonly (string | number)[], issue: z.core.$ZodIssue, value: unknown): Mistake {
  const what = pathText(path)
  if (value === undefined) return { path, message: `${what} is missing: expected ${issue.message}.` }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String)
    const close = typeof value === 'string' ? nearest(value, allowed) : undefined
    return {
      path,
      message: `${what} is ${shown(value)}: expected one of ${allowed.join(', ')}.`,
      ...(close === undefined ? {} : { hint: `Did you mean "${close}"?` }),
    }
  }
  return { path, message: `${what} is ${shown(value)}: expected ${issue.message}.` }
}

/** A path as people write it: `loads[0].rate`. */
export function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the study'
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value
  for (const key of path) at = (at as Record<string | number, unknown> | null | undefined)?.[key]
  return at
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}

/** One error that tells all mistakes; `where` says where each one stands. */
export function mistakesError(
  mistakes: readonly Mistake[],
  what: string,
  where: (mistake: Mistake) => string,
  hint: string,
): AssayError {
  const blocks = mistakes.map((mistake) => {
    const lines = [`${where(mistake)}: ${mistake.message}`]
    if (mistake.hint !== undefined) lines.push(`    ${mistake.hint}`)
    return lines.join('\n')
  })
  const title = mistakes.length === 1 ? '' : `${mistakes.length} mistakes in ${what}:\n`
  return new AssayError('bad-study', `${title}${blocks.join('\n')}`, { hint })
}

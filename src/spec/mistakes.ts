import type * as z from 'zod'
import { nearest } from '../model/nearest.ts'
import { flowText } from './flow-text.ts'
import { allows, exampleAt, keysAt, listsWith, type Path } from './schema-nodes.ts'
import type { Words } from './words.ts'

/** One thing wrong with what a user wrote. */
export interface Mistake {
  readonly path: Path
  /** A sentence: what is wrong and what was expected. */
  readonly message: string
  /** The next step. */
  readonly hint?: string
  /** Set when a key is misspelt: the one that was meant. */
  readonly meant?: string
}

type Issue = z.core.$ZodIssue

/** Turns the schema's issues into sentences. `written` is the study they are about. */
export function mistakesOf(issues: readonly Issue[], written: unknown, words: Words): Mistake[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol')
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key]))
    const value = valueAt(written, path)
    const inner = issue.code === 'invalid_union' ? insideUnion(issue, path, value) : undefined
    if (inner === undefined) return [wrongValue(path, issue, value, words)]
    return 'keys' in inner
      ? inner.keys.map((key) => unknownKey([...path, key]))
      : mistakesOf(inner.issues, written, words)
  })
}

/** A mistake inside the form of a union that the user clearly meant is told there, not as "none of the forms". */
function insideUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  value: unknown,
): { readonly keys: readonly string[] } | { readonly issues: readonly Issue[] } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const known = keysAt(path)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  if (unknown.length > 0) return { keys: unknown }
  const meant = issue.errors.find((form) => form.length > 0 && form.every(({ path: at }) => at.length > 0))
  const keys = Object.keys(value)
  if (meant === undefined || keys.length !== 1) return undefined
  return { issues: meant.map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue) }
}

/** The mistake of a key that is not known where it stands. */
export function unknownKey(path: Path): Mistake {
  const key = String(path.at(-1))
  const known = keysAt(path.slice(0, -1))
  const meant = nearest(key, known)
  const message = `there is no key ${JSON.stringify(key)} here.`
  if (key === '<<') return { path, message, hint: 'Merge keys are not supported: write the keys out.' }
  if (meant !== undefined) return { path, message, hint: `Did you mean "${meant}"?`, meant }
  const [list] = listsWith(key)
  if (list !== undefined && path[0] !== list) {
    return { path, message, hint: `"${key}" belongs to an entry of "${list}".` }
  }
  return { path, message, hint: `Known keys: ${known.join(', ')}.` }
}

function wrongValue(path: Path, issue: Issue, value: unknown, words: Words): Mistake {
  const what = words.value(path)
  const expected = words.expectation(issue.message)
  if (value === undefined) {
    return { path, message: `${what} is missing: expected ${expected}.`, ...exampleHint(path, words) }
  }
  if (value === null || value === '') {
    return { path, message: `${what} is empty: expected ${expected}.`, ...exampleHint(path, words) }
  }
  const message = `${what} is ${shown(value)}: expected ${expected}.`
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String)
    const close = typeof value === 'string' ? nearest(value, allowed) : undefined
    return {
      path,
      message: `${what} is ${shown(value)}: expected ${listed(allowed)}.`,
      ...(close === undefined ? {} : { hint: `Did you mean "${close}"?` }),
    }
  }
  const hint = formHint(path, issue, value)
  return { path, message, ...(hint === undefined ? exampleHint(path, words) : { hint }) }
}

/** What to change when the value is right and only its form is not. */
function formHint(path: Path, issue: Issue, value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '' && allows(path, 'number') && !allows(path, 'string')) {
    return Number.isFinite(Number(value)) ? `Write it without quotes: ${value.trim()}` : undefined
  }
  if (issue.code !== 'invalid_type') return undefined
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Write it in quotes: "${String(value)}"`
  }
  return issue.expected === 'array' ? 'A list, even of one: begin the entry with "- ".' : undefined
}

function exampleHint(path: Path, words: Words): { readonly hint?: string } {
  const value = exampleAt(path)
  const example = value === undefined ? undefined : words.example(path, value)
  return example === undefined ? {} : { hint: `For example: ${example}` }
}

/** Names in a sentence: "a or b", "a, b or c". */
export function listed(names: readonly string[], joint: 'or' | 'and' = 'or'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${joint} ${names.at(-1) ?? ''}`
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string | number, unknown>)[key]
  }
  return at
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : flowText(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

import type { Mistake } from './mistakes.ts'
import type { Path } from './schema-nodes.ts'
import type { Words } from './words.ts'

/** An entry as written, of any shape. */
export type Fields = Readonly<Record<string, unknown>>

/** One entry of a list, where it stands, and how its keys are called. */
export interface Entry {
  readonly path: Path
  readonly fields: Fields
  readonly words: Words
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The keys among these that an entry has. */
export function given(entry: Entry, keys: readonly string[]): string[] {
  return keys.filter((key) => entry.fields[key] !== undefined)
}

/** How a key of an entry is called. */
export function named(entry: Entry, key: string): string {
  return entry.words.key([...entry.path, key])
}

/** A mistake at a key of an entry. */
export function at(entry: Entry, key: string, message: string, hint: string): Mistake {
  return { path: [...entry.path, key], message, hint }
}

/** A mistake when `key` is given without `other`, which it belongs to. */
export function needs(entry: Entry, key: string, other: string): Mistake[] {
  if (given(entry, [key]).length === 0 || given(entry, [other]).length > 0) return []
  const [name, otherName] = [named(entry, key), named(entry, other)]
  return [at(entry, key, `${name} goes only with ${otherName}.`, `Add ${otherName}, or leave ${name} out.`)]
}

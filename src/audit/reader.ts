import type { Figures } from './figures.ts'

/** What a tool says of its own run. */
export interface Reported {
  readonly figures: Figures
  /** Where its definitions differ from the truth's, in sentences. */
  readonly notes: readonly string[]
}

/** Reads the result file of one tool. */
export interface ResultReader {
  /** Name of the tool for people. */
  readonly title: string
  /** The figures of a parsed result file; `undefined` when another tool wrote it. */
  read(content: JsonObject): Reported | undefined
}

/** Any JSON object, nothing known of its fields. */
export type JsonObject = { readonly [key: string]: unknown }

/** Whether a parsed value is an object with named fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of field names and list positions; `undefined` where it ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? (here as unknown[])[step] : undefined
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined
  }
  return here
}

/** A finite number at a path, times `factor`. */
export function numberAt(value: unknown, path: readonly (string | number)[], factor = 1): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found * factor : undefined
}

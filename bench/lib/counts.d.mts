import type { Dialect } from '../../src/model/dialect.ts'
import type { RequestRecord } from '../../src/model/record.ts'
import type { Truth } from '../../src/model/truth.ts'
import type { Persona } from '../../src/reference/personas/persona.ts'

export function studyOf(options: {
  readonly dialect: Dialect
  readonly personas: readonly Persona[]
  readonly url: string
  readonly requests: number
  readonly workload: string
  readonly everyPair?: boolean
}): unknown
export function promptLine(dialect: Dialect): string
export function differencesOf(options: {
  readonly dialect: Dialect
  readonly runId: string
  readonly records: readonly RequestRecord[]
  readonly texts: ReadonlyMap<number, string>
  readonly truth: Truth
  readonly tokenText: (first: number, count: number) => string
}): readonly string[]

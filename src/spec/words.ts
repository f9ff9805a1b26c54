import { flowText, pairsText } from './flow-text.ts'
import type { Path } from './schema-nodes.ts'

/** How the places of a study are called where the user wrote it: by keys in a file, by flags on the command line. */
export interface Words {
  /** A value by its place: `loads[0].rate`, `--rate`. */
  value(path: Path): string
  /** A key among others of its entry: `rate`, `--rate`. */
  key(path: Path): string
  /** How one writes a value: `rate: 4`, `--rate 4`. Absent: it cannot be written there. */
  example(path: Path, value: unknown): string | undefined
  /** What may be written there, from what the schema expects. */
  expectation(expected: string): string
  readonly kind: 'file' | 'flags'
}

/** The words of a study file. */
export const fileWords: Words = {
  value: pathText,
  key: (path) => String(path.at(-1) ?? 'the study'),
  example(path, value) {
    const key = path.at(-1)
    if (typeof key === 'string') return `${key}: ${flowText(value)}`
    return typeof value === 'object' && value !== null && path.length === 0 ? pairsText(value) : undefined
  },
  expectation: (expected) => expected,
  kind: 'file',
}

/** A path as people write it: `loads[0].rate`. */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the study'
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}

import { AssayError } from '../model/errors.ts'

const shownMistakes = 20
const kept = 1000

/** What is wrong in an input file, told all at once. */
export class FileMistakes {
  readonly #path: string
  readonly #told: string[] = []
  #count = 0

  constructor(path: string) {
    this.#path = path
  }

  get any(): boolean {
    return this.#count > 0
  }

  add(line: number, message: string): void {
    if (this.#count++ < kept) this.#told.push(`${this.#path}:${line}: ${message}`)
  }

  /** Throws `bad-input-file` when there was a mistake. */
  check(): void {
    if (!this.any) return
    const shown = this.#told.slice(0, shownMistakes)
    const rest = this.#count - shown.length
    const more = rest > 0 ? [`… and ${rest} more: ${this.#count} mistakes in total.`] : []
    throw new AssayError('bad-input-file', [...shown, ...more].join('\n'), {
      hint: `Mend ${this.#path} and run again; nothing was sent.`,
    })
  }
}

/** A value in an error: its JSON, cut when it is long. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 40 ? `${json.slice(0, 40)}…` : json
}

/** The error for a file without any request. */
export function emptyFile(path: string, example: string): AssayError {
  return new AssayError('input-file', `The workload file ${path} holds no request.`, { hint: example })
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

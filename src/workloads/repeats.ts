import { createHash } from 'node:crypto'

/** Counts texts that came before, by their hashes: texts are not kept. */
export class Repeats {
  readonly #seen = new Set<string>()
  #count = 0

  get count(): number {
    return this.#count
  }

  get unique(): number {
    return this.#seen.size
  }

  add(text: string): void {
    const key = createHash('sha256').update(text).digest('base64').slice(0, 22)
    if (this.#seen.has(key)) this.#count++
    this.#seen.add(key)
  }

  notice(of: number): string {
    return `${this.#count} of ${of} prompts repeat an earlier one: they are too short to differ, and a prefix cache may serve them.`
  }
}

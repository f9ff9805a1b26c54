/** Texts that each repeat what came before them, turned into what is new in each. */
export class TextGrowth {
  #text = ''

  /** `known`: what the first text begins with and nobody generated. */
  reset(known = ''): void {
    this.#text = known
  }

  /** The new part. Where a server has rewritten its last characters, what follows the common beginning is new. */
  next(text: string): string {
    // A replacement character at the end is half a character that the next text completes.
    const whole = text.endsWith('\ufffd') ? text.replace(/\ufffd+$/, '') : text
    const before = this.#text
    if (whole.length < before.length && before.startsWith(whole)) return ''
    this.#text = whole
    if (whole.startsWith(before)) return whole.slice(before.length)
    let common = 0
    while (common < whole.length && whole[common] === before[common]) common++
    return whole.slice(common)
  }
}

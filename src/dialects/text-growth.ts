/** Texts that each repeat what came before them, turned into what is new in each. */
export class TextGrowth {
  #text = ''

  /** `known`: what the first text begins with and nobody generated. */
  reset(known = ''): void {
    this.#text = known
  }

  /**
   * The new part; `undefined` when the text does not continue the former one. A text that ends earlier than the former one
   * did continues it: servers cut a stop string off again.
   */
  next(text: string): string | undefined {
    // A replacement character at the end is half a character that the next text completes.
    const whole = text.endsWith('\ufffd') ? text.replace(/\ufffd+$/, '') : text
    const before = this.#text
    if (whole.length < before.length && before.startsWith(whole)) return ''
    if (!whole.startsWith(before)) return undefined
    this.#text = whole
    return whole.slice(before.length)
  }
}

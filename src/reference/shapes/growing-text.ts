/** UTF-8 that only grows. Replies that repeat all of it in every event copy bytes instead of encoding it anew. */
export class GrowingText {
  #buffer = Buffer.allocUnsafe(1024)
  #length = 0

  /** Valid until the next `append`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  append(text: string): void {
    // Three bytes a UTF-16 unit at most.
    const needed = this.#length + 3 * text.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * needed)
      larger.set(this.bytes)
      this.#buffer = larger
    }
    this.#length += this.#buffer.write(text, this.#length)
  }
}

/** Bytes of a frame's head: the stream's number, three zeros, the length in big-endian order. */
const headBytes = 8

/**
 * Takes Docker's log stream apart, in which standard output and standard error are frames: gives the text of both, in
 * order, in whatever pieces it comes. Holds back eight bytes at most. After bytes that are no frame nothing more is given.
 */
export class LogFrames {
  #head = Buffer.alloc(0)
  #left = 0
  #broken = false

  push(bytes: Buffer): Buffer[] {
    const text: Buffer[] = []
    for (let rest = bytes; rest.length > 0 && !this.#broken; ) {
      if (this.#left > 0) {
        const piece = rest.subarray(0, this.#left)
        text.push(piece)
        this.#left -= piece.length
        rest = rest.subarray(piece.length)
        continue
      }
      const needed = headBytes - this.#head.length
      this.#head = Buffer.concat([this.#head, rest.subarray(0, needed)])
      rest = rest.subarray(needed)
      if (this.#head.length < headBytes) break
      const stream = this.#head[0] ?? 0
      this.#broken = stream > 3 || this.#head[1] !== 0 || this.#head[2] !== 0 || this.#head[3] !== 0
      this.#left = this.#head.readUInt32BE(4)
      this.#head = Buffer.alloc(0)
    }
    return text
  }
}

/** Puts two pieces of a body, one after the other, on the wire as one. */
export type Framing = (first: Buffer, second: Buffer) => Buffer

export const noBytes = Buffer.alloc(0)
/** The chunk that ends a chunked body. */
export const lastChunk = Buffer.from('0\r\n\r\n')

const CR = 13
const LF = 10
/** Chunk sizes that occur per token are rendered once. */
const sizeLines: Buffer[] = []
const maxKeptSize = 4096

/** The body as it is: its end is known by Content-Length or by the connection's end. */
export const identity: Framing = (first, second) => Buffer.concat([first, second])

/** One chunk of the chunked transfer encoding (RFC 9112, 7.1). */
export const chunked: Framing = (first, second) => {
  const size = first.length + second.length
  const line = sizeLine(size)
  const out = Buffer.allocUnsafe(line.length + size + 2)
  out.set(line, 0)
  out.set(first, line.length)
  if (second.length > 0) out.set(second, line.length + first.length)
  out[out.length - 2] = CR
  out[out.length - 1] = LF
  return out
}

function sizeLine(size: number): Buffer {
  if (size >= maxKeptSize) return Buffer.from(`${size.toString(16)}\r\n`)
  const kept = sizeLines[size]
  if (kept !== undefined) return kept
  const line = Buffer.from(`${size.toString(16)}\r\n`)
  sizeLines[size] = line
  return line
}

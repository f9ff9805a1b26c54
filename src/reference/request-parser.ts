/** A request as it came over the wire. */
export interface HttpRequest {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly requestId: string | undefined
  /** False when the client wants the connection closed, or speaks HTTP/1.0 without asking to keep it. */
  readonly keepAlive: boolean
  /** The client knows chunked transfer encoding (HTTP/1.1). */
  readonly chunked: boolean
  readonly body: Buffer
}

/** Bytes that are no request this server takes; the connection ends after the reply. */
export interface Refusal {
  readonly status: number
  readonly message: string
}

interface Head {
  readonly request: Omit<HttpRequest, 'body'>
  readonly bodyBytes: number
}

const maxHeadBytes = 16 * 1024
const nothing = Buffer.alloc(0)

/** Splits the bytes of one connection into HTTP/1.1 requests with Content-Length bodies (RFC 9112). */
export class RequestParser {
  readonly #maxBodyBytes: number
  readonly #onRequest: (request: HttpRequest) => void
  /** An unfinished head. */
  #partial: Buffer = nothing
  #head: Head | undefined
  #body: Buffer[] = []
  #missing = 0

  constructor(maxBodyBytes: number, onRequest: (request: HttpRequest) => void) {
    this.#maxBodyBytes = maxBodyBytes
    this.#onRequest = onRequest
  }

  /** Reads what one read brought. A refusal is final: feed nothing after it. */
  read(bytes: Buffer): Refusal | undefined {
    let at = 0
    while (at < bytes.length) {
      if (this.#head === undefined) {
        const kept = this.#partial.length
        const all = kept === 0 ? bytes.subarray(at) : Buffer.concat([this.#partial, bytes.subarray(at)])
        // Blank lines before a request are to be skipped (RFC 9112, 2.2).
        const start = leadingBlank(all)
        const end = all.indexOf('\r\n\r\n', start)
        if ((end < 0 ? all.length : end) - start > maxHeadBytes) {
          return { status: 431, message: `The request head is longer than ${maxHeadBytes / 1024} KiB.` }
        }
        if (end < 0) {
          this.#partial = Buffer.from(all.subarray(start))
          return undefined
        }
        this.#partial = nothing
        at += end + 4 - kept
        const head = parseHead(all.toString('latin1', start, end))
        if ('status' in head) return head
        if (head.bodyBytes > this.#maxBodyBytes) {
          return { status: 413, message: `The body is longer than ${this.#maxBodyBytes} bytes.` }
        }
        this.#head = head
        this.#missing = head.bodyBytes
      } else {
        const part = bytes.subarray(at, at + this.#missing)
        this.#body.push(part)
        this.#missing -= part.length
        at += part.length
      }
      if (this.#missing === 0) this.#emit(this.#head)
    }
    return undefined
  }

  #emit(head: Head): void {
    const [only = nothing, ...others] = this.#body
    const body = others.length === 0 ? only : Buffer.concat(this.#body)
    this.#head = undefined
    this.#body = []
    this.#onRequest({ ...head.request, body })
  }
}

function leadingBlank(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2
  return at
}

function parseHead(text: string): Head | Refusal {
  const [requestLine = '', ...lines] = text.split('\r\n')
  const parts = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(requestLine)
  if (parts === null) return { status: 400, message: 'The first line is no HTTP/1.1 request line.' }
  const [, method = '', target = '', minor] = parts
  let requestId: string | undefined
  let connection = ''
  let bodyBytes = 0
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) return { status: 400, message: 'A header line has no name.' }
    const value = line.slice(colon + 1).trim()
    switch (line.slice(0, colon).toLowerCase()) {
      case 'x-request-id':
        requestId = value
        break
      case 'connection':
        connection = value.toLowerCase()
        break
      case 'content-length':
        if (!/^\d{1,15}$/.test(value)) return { status: 400, message: 'Content-Length is no number.' }
        bodyBytes = Number(value)
        break
      case 'transfer-encoding':
        return { status: 411, message: 'Chunked request bodies are not taken: send Content-Length.' }
    }
  }
  const chunked = minor === '1'
  const keepAlive = chunked ? !connection.includes('close') : connection.includes('keep-alive')
  const path = target.split('?', 1)[0] ?? ''
  return { request: { method, path, requestId, keepAlive, chunked }, bodyBytes }
}

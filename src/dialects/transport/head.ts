/** What Assay reads in a response head. */
export interface ResponseHead {
  readonly status: number
  readonly reason: string
  readonly body: { kind: 'chunked' } | { kind: 'length'; bytes: number } | { kind: 'until-close' }
  readonly keepAlive: boolean
  /** The server's idle limit (`Keep-Alive: timeout`), in seconds. */
  readonly idleLimitS: number | undefined
  /** Requests the server still takes on this connection (`Keep-Alive: max`). */
  readonly requestsLeft: number | undefined
  readonly contentType: string
  readonly contentEncoding: string
  readonly location: string | undefined
  readonly retryAfterS: number | undefined
}

/**
 * Parses a response head (RFC 9112), blank line excluded. Returns a sentence when it is not valid HTTP/1.x.
 */
export function parseHead(text: string): ResponseHead | string {
  const lines = text.split('\r\n')
  const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/.exec(lines[0] ?? '')
  if (statusLine === null) {
    return `The server does not speak HTTP/1.1; its answer begins with ${JSON.stringify(text.slice(0, 60))}.`
  }
  const headers = new Map<string, string>()
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':')
    if (colon <= 0)
      return `The server sent a header line without a name: ${JSON.stringify(line.slice(0, 60))}.`
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  const status = Number(statusLine[2])
  const connection = (headers.get('connection') ?? '').toLowerCase()
  const keepAlive = statusLine[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  const body = bodyOf(status, headers)
  if (typeof body === 'string') return body
  const limits = headers.get('keep-alive') ?? ''
  return {
    status,
    reason: statusLine[3] ?? '',
    body,
    keepAlive: keepAlive && body.kind !== 'until-close',
    idleLimitS: parameter(limits, 'timeout'),
    requestsLeft: parameter(limits, 'max'),
    contentType: (headers.get('content-type') ?? '').toLowerCase(),
    contentEncoding: (headers.get('content-encoding') ?? 'identity').toLowerCase(),
    location: headers.get('location'),
    retryAfterS: retryAfterOf(headers.get('retry-after'), headers.get('date')),
  }
}

/**
 * The last head that was parsed. Servers send the same one again and again, within a second even with a date, and in a
 * burst reading a thousand of them would take longer than sending the requests.
 */
export class HeadMemory {
  #bytes: Uint8Array = new Uint8Array(0)
  #head: ResponseHead | undefined

  /** The head, if bytes[start, length) begin with the one remembered; `length` covers its blank line. */
  startsWith(bytes: Uint8Array, start: number, length: number) {
    const head = this.#head
    const known = this.#bytes
    if (head === undefined || length - start < known.length) return undefined
    for (let i = 0; i < known.length; i++) if (bytes[start + i] !== known[i]) return undefined
    return { head, length: known.length }
  }

  /** `bytes`: the head with its blank line. */
  remember(bytes: Uint8Array, head: ResponseHead): void {
    this.#bytes = Uint8Array.from(bytes)
    this.#head = head
  }
}

function bodyOf(status: number, headers: ReadonlyMap<string, string>): ResponseHead['body'] | string {
  if (status === 204 || status === 304) return { kind: 'length', bytes: 0 }
  const coding = headers.get('transfer-encoding')?.toLowerCase()
  if (coding !== undefined) {
    return coding === 'chunked' ? { kind: 'chunked' } : `The server uses the transfer encoding "${coding}".`
  }
  const length = headers.get('content-length')
  if (length === undefined) return { kind: 'until-close' }
  const [first, ...others] = length.split(/\s*,\s*/)
  if (first === undefined || !/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) {
    return `The server sent an invalid Content-Length: ${JSON.stringify(length.slice(0, 40))}.`
  }
  return { kind: 'length', bytes: Number(first) }
}

function parameter(text: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|[,;\\s])${name}\\s*=\\s*(\\d+)`, 'i').exec(text)
  return found === null ? undefined : Number(found[1])
}

/** Value of a Retry-After header in seconds: it states them, or a date compared with the server's own clock. */
export function retryAfterOf(value: string | undefined, date: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const seconds = (Date.parse(value) - Date.parse(date ?? '')) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { Readable } from 'node:stream'

/** One request to the engine API. */
export interface DockerAsk {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With the version in front, where the page has one. */
  readonly path: string
  readonly body?: object
  /** A tar file, in pieces, in place of a body. */
  readonly tar?: Iterable<Uint8Array>
  /** For the whole reply; absent: as long as it takes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** A reply that was read to its end. */
export interface DockerReply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown
  /** Why the engine refuses: its field `message`, at most 500 characters; '' without one. */
  readonly message: string
}

const maxBytes = 4 << 20
const maxMessage = 500

/** Sends a request; resolves with the reply's head. Rejects with the system's error. */
export function openDocker(socketPath: string, ask: DockerAsk): Promise<IncomingMessage> {
  const { method, path, body, tar, timeoutMs, signal } = ask
  const signals = [
    ...(signal === undefined ? [] : [signal]),
    ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]),
  ]
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        method,
        path,
        agent: false,
        headers: headersOf(ask, text),
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      },
      resolve,
    )
    sent.once('error', reject)
    if (tar === undefined) sent.end(text)
    else {
      // A reply may come before the end: Docker refuses what it cannot read.
      Readable.from(tar)
        .once('error', (error) => sent.destroy(error))
        .pipe(sent)
    }
  })
}

function headersOf({ tar }: DockerAsk, text: string | undefined): OutgoingHttpHeaders {
  if (tar !== undefined) return { Host: 'docker', 'Content-Type': 'application/x-tar' }
  if (text === undefined) return { Host: 'docker' }
  return { Host: 'docker', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }
}

/** Sends a request and reads the reply to its end, 4 MiB at most. */
export async function askDocker(socketPath: string, ask: DockerAsk): Promise<DockerReply> {
  const response = await openDocker(socketPath, ask)
  const json = parse(await readText(response))
  const said = (json as { readonly message?: unknown } | undefined | null)?.message
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    json,
    message: typeof said === 'string' ? said.slice(0, maxMessage) : '',
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > maxBytes) throw new Error('the reply is longer than 4 MiB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

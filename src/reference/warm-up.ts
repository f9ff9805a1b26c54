import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '../model/clock.ts'
import type { FixedTiming } from './timing/fixed.ts'

/** Enough for the compiler to have seen the paths of a request and of an event often. */
const connections = 8
const rounds = 24
const tokens = 64
const longestMs = 200

/** What of a server's options decides which code runs. */
interface Kind {
  readonly flood?: boolean
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** Starts a server such as the one that is to be warm. */
type Start = (
  options: Kind & { readonly timing: FixedTiming },
) => Promise<{ readonly port: number; close(): Promise<void> }>

/**
 * Runs the server's code before it matters: a server of its own on a loopback port, with a log of its own, answers
 * clients in this thread until it is compiled or a fifth of a second is over.
 */
export async function warmUp(start: Start, { flood = false, tls }: Kind, clock: Clock): Promise<void> {
  const untilNs = clock.now() + longestMs * 1e6
  const timing = { kind: 'fixed', ttftMs: 0, itlMs: 0.02 } as const
  const server = await start({ timing, flood, ...(tls === undefined ? {} : { tls }) })
  const dial = () => {
    const to = { port: server.port, host: '127.0.0.1' }
    // The certificate is whatever the user gave, and the server is ourselves.
    return tls === undefined ? connect(to) : connectTls({ ...to, rejectUnauthorized: false })
  }
  const sockets = Array.from({ length: connections }, dial)
  await Promise.all(sockets.map((socket) => askOften(socket, () => clock.now() < untilNs)))
  await server.close()
}

/** A client that is away or refused only ends the warm-up early. */
async function askOften(socket: Socket, goOn: () => boolean): Promise<void> {
  let asked = 0
  const ask = () => {
    if (asked === rounds || !goOn()) socket.destroy()
    else socket.write(request(asked++))
  }
  let tail = ''
  socket.on('data', (bytes: Buffer) => {
    // Short writes may cut the end of a reply in two.
    tail = (tail + bytes.toString('latin1', Math.max(0, bytes.length - 7))).slice(-7)
    if (tail === '\r\n0\r\n\r\n') ask()
  })
  socket.on('error', () => socket.destroy())
  socket.once('connect', ask)
  await once(socket, 'close')
}

function request(round: number): string {
  const path = round % 2 === 0 ? '/v1/chat/completions' : '/v1/completions'
  const body = JSON.stringify({
    messages: [{ role: 'user', content: 'one two three' }],
    prompt: 'one two three',
    max_tokens: tokens,
    stream: true,
    stream_options: { include_usage: true },
  })
  const head = `POST ${path} HTTP/1.1\r\nX-Request-Id: warm-up-${round}\r\nContent-Length: ${body.length}`
  return `${head}\r\n\r\n${body}`
}

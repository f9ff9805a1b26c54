import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Clock, wallTime } from '../../../model/clock.ts'
import { messageOf } from '../../../model/errors.ts'
import { ApiError, errorBody } from './api-error.ts'
import { type CompletionsContext, serveCompletion } from './completions.ts'
import { makeMetrics } from './metrics.ts'
import type { ModelHost } from './model-host.ts'
import { makeSlots } from './slots.ts'

/** A burst of connections must not meet a full queue: the kernel caps this at its own limit. */
const backlog = 65_535
const maxBodyBytes = 16 * 2 ** 20
/** Longer than clients keep idle connections, so that they close first. */
const keepAliveMs = 75_000

/** An HTTP server with OpenAI's routes over a model; `listen` resolves to its port. Loopback only. */
export function makeModelServer(
  host: ModelHost,
  options: { readonly prefixCache: boolean; readonly clock: Clock; log(line: string): void },
): { listen(port: number): Promise<number> } {
  const slots = makeSlots(host.sequences)
  const metrics = makeMetrics(host.name)
  const context: CompletionsContext = { ...options, host, slots, metrics }
  const created = Math.floor(Date.parse(wallTime()) / 1000)
  const server = createServer({ keepAliveTimeout: keepAliveMs, noDelay: true }, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => refuse(response, error, options.log))
  })

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '/').replace(/[?#].*$/, '')
    switch (`${incoming.method} ${path}`) {
      case 'POST /v1/chat/completions':
        return serveCompletion(context, 'chat', await readBody(incoming), incoming, response)
      case 'POST /v1/completions':
        return serveCompletion(context, 'completions', await readBody(incoming), incoming, response)
      case 'GET /v1/models':
        return send(response, JSON.stringify({ object: 'list', data: [modelCard()] }))
      case 'GET /health':
        return send(response, '{"status":"ok"}')
      case 'GET /metrics':
        return send(response, metrics.render(slots), 'text/plain; version=0.0.4; charset=utf-8')
      default:
        throw new ApiError(404, `There is no ${incoming.method} ${path} here.`)
    }
  }

  function modelCard(): Record<string, unknown> {
    const { name: id, contextTokens: max_model_len } = host
    return { id, object: 'model', created, owned_by: 'assay', max_model_len }
  }

  return { listen: (port) => listen(server, port) }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, backlog }, () => {
      const address = server.address()
      if (address !== null && typeof address === 'object') resolve(address.port)
    })
  })
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const tooLarge = () => new ApiError(413, `The body is larger than ${maxBodyBytes} bytes.`)
  if (Number(incoming.headers['content-length']) > maxBodyBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length).toString('utf8')
}

function send(response: ServerResponse, body: string, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function refuse(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  if (response.destroyed || response.headersSent) {
    response.destroy()
    return
  }
  if (!(error instanceof ApiError))
    log(`request failed: ${error instanceof Error ? error.stack : String(error)}`)
  const known = error instanceof ApiError ? error : new ApiError(500, messageOf(error))
  const body = errorBody(known)
  response.writeHead(known.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // The rest of a body that is too large is not read.
    ...(known.status === 413 ? { connection: 'close' } : {}),
  })
  response.end(body)
}

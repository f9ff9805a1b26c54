import { type Client, credentials, Metadata, makeGenericClientConstructor, status } from '@grpc/grpc-js'
import { wallTime } from '../../model/clock.ts'
import type { ServerPage } from '../../model/server-kind.ts'
import { type Method, method, methodPaths } from './messages.ts'

/** The call behind a page of the protocol's HTTP side, and what of its answer the page holds. */
interface PageCall {
  readonly name: Method
  readonly request: Readonly<Record<string, unknown>>
  /** The page's status and body; absent: 200 and the answer. */
  page?(answer: Readonly<Record<string, unknown>>): { readonly status: number; readonly body: unknown }
}

const asReady = ({ ready }: Readonly<Record<string, unknown>>) => ({
  status: ready === true ? 200 : 400,
  body: {},
})

/** Which call answers a page, whatever its path begins with; `undefined` for pages that the protocol does not have over gRPC. */
function callOf(path: string): PageCall | undefined {
  switch (path.replace(/\/+$/, '').replace(/^.*(?=\/v2(\/|$))/, '')) {
    case '/v2':
      return { name: 'ServerMetadata', request: {} }
    case '/v2/health/ready':
      return { name: 'ServerReady', request: {}, page: asReady }
    case '/v2/repository/index':
      return {
        name: 'RepositoryIndex',
        request: {},
        page: ({ models = [] }) => ({ status: 200, body: models }),
      }
    default: {
      const [, model, what] = /\/v2\/models\/([^/]+)(?:\/(config|ready))?$/.exec(path) ?? []
      if (model === undefined) return undefined
      const request = { name: decodeURIComponent(model) }
      if (what === 'ready') return { name: 'ModelReady', request, page: asReady }
      if (what === undefined) return { name: 'ModelMetadata', request }
      return { name: 'ModelConfig', request, page: ({ config }) => ({ status: 200, body: config }) }
    }
  }
}

const httpStatuses: Readonly<Partial<Record<status, number>>> = {
  [status.NOT_FOUND]: 404,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.UNIMPLEMENTED]: 501,
}

const GenericClient = makeGenericClientConstructor({}, '')

/**
 * A page of a KServe v2 server as its HTTP side would give it, asked over gRPC. Rejects when no connection can be made
 * and when no answer comes in time.
 */
export async function getKservePage(
  url: URL,
  options: { readonly headers: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<ServerPage> {
  const call = callOf(url.pathname)
  if (call === undefined) return { status: 404, headers: {}, body: '' }
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? '443' : '80') : url.port
  const client = new GenericClient(
    `${url.hostname}:${port}`,
    isSecure ? credentials.createSsl() : credentials.createInsecure(),
  )
  try {
    const answer = await callOnce(client, call, options)
    const { status: code, body } = call.page?.(answer) ?? { status: 200, body: answer }
    return { status: code, headers: {}, body: JSON.stringify(body) }
  } catch (error) {
    const { code, details = '' } = error as { readonly code?: status; readonly details?: string }
    if (code === undefined || code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) {
      throw new Error(unavailable(code, details, options.timeoutMs), { cause: error })
    }
    return { status: httpStatuses[code] ?? 400, headers: {}, body: JSON.stringify({ error: details }) }
  } finally {
    client.close()
  }
}

function callOnce(
  client: Client,
  { name, request }: PageCall,
  { headers, timeoutMs }: { readonly headers: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<Readonly<Record<string, unknown>>> {
  const { requestSerialize, responseDeserialize } = method(name)
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(headers)) metadata.set(key.toLowerCase(), value)
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      methodPaths[name],
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline: Date.parse(wallTime()) + timeoutMs },
      (error, answer) =>
        error === null ? resolve((answer ?? {}) as Record<string, unknown>) : reject(error),
    )
  })
}

function unavailable(code: status | undefined, details: string, timeoutMs: number): string {
  if (code === status.DEADLINE_EXCEEDED) return `No answer within ${timeoutMs / 1000} s.`
  if (details.includes('ECONNREFUSED')) return 'nothing listens there (connection refused).'
  return 'no call of gRPC is answered there; Triton’s port for it is 8001 where 8000 is that of HTTP.'
}

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'

/** Where requests of one base URL go. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  readonly tls: boolean
  /** Host name for certificates; absent for bare addresses. */
  readonly serverName: string | undefined
  /** Value of the Host header. */
  readonly host: string
  /** Path and query of the request line. */
  readonly path: string
}

/**
 * Joins a base URL and an API path, which may hold a query: a base that already ends with the path, or with its
 * beginning such as /v1, is not doubled, and what the base's own query says stays.
 */
export function joinUrl(base: string, path: string): URL {
  let url: URL
  try {
    // The schemes of gRPC differ in name alone.
    url = new URL(base.replace(/^grpc(s?):/i, 'http$1:'))
  } catch (cause) {
    throw new AssayError('bad-url', `"${base}" is not a URL.`, {
      hint: 'Write it like http://127.0.0.1:8000.',
      cause,
    })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AssayError('bad-url', `"${base}" is not an http or https URL.`, {
      hint: 'Write it like http://127.0.0.1:8000.',
    })
  }
  const [bare = '', query = ''] = path.split('?', 2)
  const own = url.pathname.replace(/\/+$/, '')
  url.pathname = own + bare.slice(overlap(own, bare))
  for (const [key, value] of new URLSearchParams(query)) {
    if (!url.searchParams.has(key)) url.searchParams.append(key, value)
  }
  return url
}

/** Length of the longest beginning of `path`, in whole segments, that `own` ends with. */
function overlap(own: string, path: string): number {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (own.endsWith(path.slice(0, end))) return end
  }
  return 0
}

/** Resolves the host once, so that no connection of the run waits for a name server. */
export async function resolveEndpoint(base: string, path: string): Promise<Endpoint> {
  const url = joinUrl(base, path)
  const tls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  let address = host
  if (isIP(host) === 0) {
    try {
      address = (await lookup(host)).address
    } catch (cause) {
      throw new AssayError('host-unknown', `The host "${host}" is not known: ${messageOf(cause)}.`, {
        hint: 'Check the spelling of the URL, or use an address.',
        exitCode: exitCodes.target,
        cause,
      })
    }
  }
  return {
    address,
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    serverName: tls && isIP(host) === 0 ? host : undefined,
    host: url.host,
    path: url.pathname + url.search,
  }
}

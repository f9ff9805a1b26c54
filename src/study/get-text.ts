import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { ServerPage } from '../model/server-kind.ts'
import type { TransportName } from '../model/target.ts'
import { plainHeaders } from './plain-headers.ts'

const maxBytes = 16 * 1024 * 1024

/** A small GET, or POST, for everything that is not measured. Rejects on network errors, time-out and huge bodies. */
export async function getText(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly timeoutMs: number
    readonly transport: TransportName
    /** Asks by POST, with an empty JSON object. */
    readonly post?: true
  },
): Promise<ServerPage> {
  if (options.transport === 'http1') return getTextHttp1(url, options)
  if (options.transport === 'grpc') {
    const { getKservePage } = await import('../dialects/kserve/pages.ts')
    return getKservePage(url, options)
  }
  const { getTextHttp2 } = await import('./get-text-http2.ts')
  return getTextHttp2(url, { ...options, maxBytes })
}

function getTextHttp1(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly timeoutMs: number
    readonly post?: true
  },
): Promise<ServerPage> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? requestHttps : requestHttp
    const method = options.post === true ? 'POST' : 'GET'
    const request = open(url, { method, headers: options.headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      let length = 0
      response.on('data', (part: Buffer) => {
        parts.push(part)
        length += part.length
        if (length > maxBytes)
          request.destroy(new Error(`The answer of ${url.pathname} is longer than 16 MiB.`))
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: plainHeaders(response.headers),
          body: Buffer.concat(parts).toString('utf8'),
        }),
      )
      response.on('error', reject)
    })
    const limit = setTimeout(
      () => request.destroy(new Error(`No answer within ${options.timeoutMs / 1000} s.`)),
      options.timeoutMs,
    )
    request.on('error', reject)
    request.on('close', () => clearTimeout(limit))
    request.end(options.post === true ? '{}' : undefined)
  })
}

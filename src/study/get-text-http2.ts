import { connect } from 'node:http2'
import type { ServerPage } from '../model/server-kind.ts'
import { plainHeaders } from './plain-headers.ts'

/** Like `getText`, over HTTP/2: ALPN for https, prior knowledge for http. Rejects alike. */
export function getTextHttp2(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly timeoutMs: number
    readonly maxBytes: number
    readonly post?: true
  },
): Promise<ServerPage> {
  return new Promise((resolve, reject) => {
    const session = connect(url.origin)
    const stop = (error: Error) => {
      clearTimeout(limit)
      session.destroy()
      reject(error)
    }
    const limit = setTimeout(
      () => stop(new Error(`No answer within ${options.timeoutMs / 1000} s.`)),
      options.timeoutMs,
    )
    session.on('error', (error: NodeJS.ErrnoException) => stop(explained(error)))
    const stream = session.request({
      ':path': url.pathname + url.search,
      ...(options.post === true ? { ':method': 'POST' } : {}),
      ...Object.fromEntries(
        Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    })
    if (options.post === true) stream.end('{}')
    const parts: Buffer[] = []
    let length = 0
    let status = 0
    let headers: Record<string, string> = {}
    stream.on('response', (head) => {
      status = head[':status'] ?? 0
      headers = plainHeaders(head)
    })
    stream.on('data', (part: Buffer) => {
      parts.push(part)
      length += part.length
      if (length > options.maxBytes) stop(new Error(`The answer of ${url.pathname} is too long.`))
    })
    stream.on('error', (error: NodeJS.ErrnoException) => stop(explained(error)))
    // A stream that was reset ends as well.
    stream.on('close', () => {
      if (status === 0) {
        stop(new Error('The server closed the connection without an answer.'))
        return
      }
      clearTimeout(limit)
      session.close()
      resolve({ status, headers, body: Buffer.concat(parts).toString('utf8') })
    })
  })
}

/** What a server of HTTP/1.1 makes of HTTP/2, in words; its errors say little. */
function explained(error: NodeJS.ErrnoException): Error {
  const isHttp1 = ['ERR_HTTP2_ERROR', 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'].includes(
    error.code ?? '',
  )
  if (!isHttp1) return error
  return new Error('it does not speak HTTP/2; use transport http1 (--transport http1).', { cause: error })
}

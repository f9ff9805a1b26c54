import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { wallTime } from '../../../model/clock.ts'
import { type ApiError, errorBody } from './api-error.ts'
import { type Frames, makeFrames, type ReplyUsage } from './frames.ts'
import type { GenerationEnd } from './generate.ts'
import type { CompletionRequest, Route } from './request.ts'

/** One reply on the wire. */
export interface Reply {
  /** The request was let in: headers of a stream go out. */
  open(): void
  token(text: string): void
  /** Nothing is sent when the client has left. */
  end(end: GenerationEnd, usage: ReplyUsage): void
  fail(error: ApiError): void
}

/** A reply in the shape the request asks for. Its id carries the client's `X-Request-Id`, which is echoed. */
export function makeReply(
  route: Route,
  request: CompletionRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  model: string,
): Reply {
  const asked = incoming.headers['x-request-id']
  const requestId = typeof asked === 'string' && /^[\w.:-]{1,128}$/.test(asked) ? asked : undefined
  if (requestId !== undefined) response.setHeader('x-request-id', requestId)
  const id = `${route === 'chat' ? 'chatcmpl' : 'cmpl'}-${requestId ?? randomBytes(12).toString('hex')}`
  const frames = makeFrames(route, id, model, Math.floor(Date.parse(wallTime()) / 1000))
  return request.stream ? streamedReply(frames, request.includeUsage, response) : wholeReply(frames, response)
}

function streamedReply(frames: Frames, includeUsage: boolean, response: ServerResponse): Reply {
  let opening = frames.opening
  return {
    open() {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      })
      response.flushHeaders()
    },
    token(text) {
      response.write(opening + frames.token(text))
      opening = ''
    },
    end({ reason, rest }, usage) {
      if (reason === 'abort') return
      response.end(
        opening + frames.finish(reason, rest) + (includeUsage ? frames.usage(usage) : '') + frames.done,
      )
    },
    fail: (error) => response.end(`data: ${errorBody(error)}\n\n${frames.done}`),
  }
}

function wholeReply(frames: Frames, response: ServerResponse): Reply {
  let all = ''
  const send = (status: number, body: string) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  }
  return {
    open() {},
    token(text) {
      all += text
    },
    end({ reason, rest }, usage) {
      if (reason !== 'abort') send(200, frames.whole(all + rest, reason, usage))
    },
    fail: (error) => send(error.status, errorBody(error)),
  }
}

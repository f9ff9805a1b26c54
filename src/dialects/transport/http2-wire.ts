import type { OutgoingHttpHeaders } from 'node:http2'
import type { EncodedRequest, Wire, WireSink } from '../../model/wire.ts'
import { accepted } from '../framing/index.ts'
import { Balancer } from './balance.ts'
import type { Endpoint } from './endpoint.ts'
import { callsPerChannel, deadlineHeaders } from './grpc.ts'
import { Http2Exchange } from './http2-exchange.ts'
import { Http2Session } from './http2-session.ts'
import { Turns } from './http2-turns.ts'
import { Reply } from './reply.ts'
import type { ConnectError } from './socket.ts'
import { bodyBytes, noEchoes, type WireOptions } from './wire.ts'

/** Sessions opened at a time: more would overflow the accept queue of common servers. */
const connectWindow = 256
/** Streams expected of a session whose server has not told its limit: what RFC 9113 asks servers to allow. */
const assumedStreams = 100
/** A session that ended sooner is not replaced ahead of need: the server does not want it. */
const leastLifeNs = 1e9

/** A request that has no stream yet. */
interface Waiting {
  readonly request: EncodedRequest
  readonly sink: WireSink
  readonly endpointIndex: number
  /** Counted as in flight. */
  counted: boolean
  exchange: Http2Exchange | undefined
  cancelled: boolean
}

/**
 * One worker's HTTP/2 sessions to one target. With `reuse`, requests are streams of as few sessions as the server's
 * SETTINGS_MAX_CONCURRENT_STREAMS permits: when all are full, a further one is opened. With `fresh`, each request has
 * a session of its own. Calls of gRPC, told by the dialect's framing, are spread over more sessions than that.
 */
export class Http2Wire implements Wire {
  readonly #options: WireOptions
  readonly #headers: readonly OutgoingHttpHeaders[]
  /** By endpoint; those of fresh requests are not among them. */
  readonly #sessions: Http2Session[][]
  readonly #all = new Set<Http2Session>()
  /** The limit each endpoint told last. */
  readonly #limits: (number | undefined)[]
  readonly #spare: Reply[] = []
  readonly #turns: Turns
  readonly #isGrpc: boolean
  readonly #balancer: Balancer
  #share = 0
  #made = 0
  #closed = false

  constructor(options: WireOptions) {
    this.#options = options
    this.#turns = new Turns(options.clock)
    this.#isGrpc = options.dialect.framing === 'grpc'
    this.#balancer = new Balancer(options.endpoints.length, options.balance ?? 'round-robin')
    this.#sessions = options.endpoints.map(() => [])
    this.#limits = options.endpoints.map(() => undefined)
    this.#headers = options.endpoints.map((endpoint) => headersOf(endpoint, options))
  }

  encode(index: number): EncodedRequest {
    const { dialect, model, body, request } = this.#options
    const asked = request(index)
    const bytes = bodyBytes(dialect, dialect.encode(asked, model, body))
    return { index, bytes, echoes: dialect.echoes?.(asked) ?? noEchoes }
  }

  async open(count: number): Promise<void> {
    if (this.#options.connections === 'fresh') return
    this.#share = Math.ceil(count / this.#sessions.length)
    await Promise.all(this.#sessions.map((_, endpointIndex) => this.#fill(endpointIndex)))
  }

  send(request: EncodedRequest, sink: WireSink): { cancel(): void } {
    const endpointIndex = this.#balancer.next(request.index)
    const waiting: Waiting = {
      request,
      sink,
      endpointIndex,
      counted: true,
      exchange: undefined,
      cancelled: false,
    }
    this.#balancer.began(endpointIndex)
    if (this.#options.connections === 'fresh') this.#sendFresh(waiting, endpointIndex)
    else this.#sendReused(waiting, endpointIndex)
    return {
      cancel: () => {
        waiting.cancelled = true
        this.#over(waiting)
        waiting.exchange?.cancel()
      },
    }
  }

  get connections(): { readonly open: number; readonly made: number } {
    return { open: this.#all.size, made: this.#made }
  }

  close(): void {
    this.#closed = true
    for (const session of this.#all) session.destroy()
  }

  /** To be called before the sink hears that the request is over. */
  #over(waiting: Waiting): void {
    if (!waiting.counted) return
    waiting.counted = false
    this.#balancer.over(waiting.endpointIndex)
  }

  #sendReused(waiting: Waiting, endpointIndex: number): void {
    const session = this.#roomiest(endpointIndex)
    if (session !== undefined) {
      this.#begin(waiting, session)
      return
    }
    const coming = this.#coming(endpointIndex)
    coming.awaited++
    coming.ready.then(
      () => {
        coming.awaited--
        if (waiting.cancelled) return
        if (!coming.alive) {
          this.#lost(waiting, coming)
        } else if (hasRoom(coming)) {
          waiting.sink.connected(coming.connectedNs)
          this.#begin(waiting, coming)
        } else {
          // The server allows fewer streams than were expected.
          this.#sendReused(waiting, endpointIndex)
        }
      },
      (error: ConnectError) => this.#unreachable(waiting, error),
    )
  }

  #sendFresh(waiting: Waiting, endpointIndex: number): void {
    const session = this.#connect(endpointIndex)
    session.connected.then(
      () => {
        if (waiting.cancelled) {
          session.destroy()
          return
        }
        waiting.sink.connected(session.connectedNs)
        this.#begin(waiting, session)
      },
      (error: ConnectError) => this.#unreachable(waiting, error),
    )
  }

  #unreachable(waiting: Waiting, error: ConnectError): void {
    const { cancelled, sink, endpointIndex } = waiting
    if (cancelled) return
    this.#over(waiting)
    sink.endpoint(endpointIndex)
    sink.failed(this.#options.clock.now(), error.kind, error.message)
  }

  /** Takes a place on a session, and sends in this turn of the event loop or a later one. */
  #begin(waiting: Waiting, session: Http2Session): void {
    const isFresh = this.#options.connections === 'fresh'
    session.take()
    this.#turns.add(() => {
      if (!waiting.cancelled && session.alive) {
        this.#exchange(waiting, session)
        return
      }
      session.release()
      if (isFresh) session.destroy()
      if (waiting.cancelled || this.#closed) return
      if (isFresh) this.#lost(waiting, session)
      else this.#sendReused(waiting, session.endpointIndex)
    })
  }

  /** The session that was made for a request went away before it was sent. */
  #lost(waiting: Waiting, session: Http2Session): void {
    const { sink } = waiting
    const { kind, message } = session.lossOf(0, false, undefined)
    this.#over(waiting)
    sink.endpoint(session.endpointIndex)
    sink.failed(this.#options.clock.now(), kind, message)
  }

  #exchange(waiting: Waiting, session: Http2Session): void {
    const { clock, dialect, rawCapture, connections, requestId } = this.#options
    const { request, sink } = waiting
    const reply = this.#spare.pop() ?? new Reply(dialect, rawCapture)
    waiting.exchange = new Http2Exchange({
      session,
      reply,
      clock,
      sink,
      headers: {
        ...this.#headers[session.endpointIndex],
        'x-request-id': requestId(request.index),
        'content-length': request.bytes.length,
      },
      request,
      isGrpc: this.#isGrpc,
      onWhole: () => this.#spare.push(reply),
      onOver: () => this.#over(waiting),
      onClosed: () => {
        if (connections === 'fresh') session.destroy()
      },
    })
  }

  /** The session with the fewest streams among those that can take one more. */
  #roomiest(endpointIndex: number): Http2Session | undefined {
    let best: Http2Session | undefined
    for (const session of this.#sessions[endpointIndex] ?? []) {
      if (hasRoom(session) && session.streams < (best?.streams ?? Number.POSITIVE_INFINITY)) best = session
    }
    return best
  }

  /** A session on its way that can be expected to have room for one more, or a new one. */
  #coming(endpointIndex: number): Http2Session {
    const limit = this.#limits[endpointIndex] ?? assumedStreams
    for (const session of this.#sessions[endpointIndex] ?? []) {
      if (session.alive && !session.isReady && session.awaited < limit) return session
    }
    return this.#openKept(endpointIndex)
  }

  /** Opens sessions until they have room for this endpoint's share of the connections that were asked for. */
  async #fill(endpointIndex: number): Promise<void> {
    const sessions = this.#sessions[endpointIndex] ?? []
    let before = -1
    while (!this.#closed) {
      const room = sessions.reduce((sum, { alive, limit }) => sum + (alive ? limit : 0), 0)
      // What cannot be connected fails as records of the requests that need it.
      if (room >= this.#share || room <= before) return
      before = room
      const limit = this.#limits[endpointIndex]
      // The first one tells the limit.
      const wanted = limit === undefined ? 1 : Math.ceil((this.#share - room) / limit)
      const opened = Array.from(
        { length: Math.min(connectWindow, wanted) },
        () => this.#openKept(endpointIndex).ready,
      )
      await Promise.allSettled(opened)
    }
  }

  #openKept(endpointIndex: number): Http2Session {
    const session = this.#connect(endpointIndex)
    this.#sessions[endpointIndex]?.push(session)
    session.ready.then(
      () => {
        this.#limits[endpointIndex] = session.limit
      },
      () => {},
    )
    return session
  }

  #connect(endpointIndex: number): Http2Session {
    const { endpoints, clock } = this.#options
    const endpoint = endpoints[endpointIndex]
    if (endpoint === undefined) throw new RangeError(`no endpoint ${endpointIndex}`)
    const session = new Http2Session({
      endpoint,
      endpointIndex,
      clock,
      mostStreams: this.#isGrpc ? callsPerChannel : Number.POSITIVE_INFINITY,
      onGone: (gone) => this.#gone(gone),
    })
    this.#all.add(session)
    this.#made++
    return session
  }

  #gone(session: Http2Session): void {
    this.#all.delete(session)
    const kept = this.#sessions[session.endpointIndex]
    const at = kept?.indexOf(session) ?? -1
    if (at < 0) return
    kept?.splice(at, 1)
    const lifeNs = this.#options.clock.now() - session.connectedNs
    if (!this.#closed && session.isReady && lifeNs > leastLifeNs) void this.#fill(session.endpointIndex)
  }
}

function hasRoom(session: Http2Session): boolean {
  return session.alive && session.isReady && session.streams < session.limit
}

function headersOf(endpoint: Endpoint, options: WireOptions): OutgoingHttpHeaders {
  const own = Object.entries({ ...options.dialect.headers, ...options.headers }).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ])
  return {
    ':method': 'POST',
    ':scheme': endpoint.tls ? 'https' : 'http',
    ':authority': endpoint.host,
    ':path': endpoint.path,
    'user-agent': 'assay',
    accept: accepted[options.dialect.framing],
    'accept-encoding': 'identity',
    'content-type': options.dialect.contentType,
    ...(options.dialect.framing === 'grpc' ? deadlineHeaders(options.timeoutS) : {}),
    ...Object.fromEntries(own),
  }
}

import type { Clock } from '../../model/clock.ts'
import type { Dialect } from '../../model/dialect.ts'
import type { Request } from '../../model/request.ts'
import type { Balance } from '../../model/target.ts'
import type { EncodedRequest, Wire, WireSink } from '../../model/wire.ts'
import { accepted } from '../framing/index.ts'
import { Balancer } from './balance.ts'
import type { Endpoint } from './endpoint.ts'
import { HeadMemory } from './head.ts'
import { Http1Connection } from './http1.ts'
import { ReadQueue } from './read-queue.ts'
import type { ConnectError } from './socket.ts'

/** Connections opened at a time: more would overflow the accept queue of common servers. */
const connectWindow = 256
/** Idle limit assumed of a server that states none: uvicorn's is 5 s. */
const assumedIdleLimitS = 5
/** A socket is replaced this long before the server would close it. */
const idleMarginS = 1
/** Idle sockets are renewed a few at a time, over about 2 s: all at once would block the loop for 50 ms. */
const refresh = { everyMs: 20, rounds: 100, aheadS: 2.5 }
const NS_PER_S = 1e9
export const noEchoes: readonly string[] = []

/** What a worker's connections to a target need to know, whatever the transport. */
export interface WireOptions {
  readonly endpoints: readonly Endpoint[]
  readonly dialect: Dialect
  readonly clock: Clock
  readonly model: string
  /** Header lines of every request, by name. */
  readonly headers: Readonly<Record<string, string>>
  /** Further body fields. */
  readonly body: Readonly<Record<string, unknown>>
  readonly connections: 'reuse' | 'fresh'
  /** Absent: `round-robin`. */
  readonly balance?: Balance
  readonly rawCapture: boolean
  /** Told to servers that can be told; absent: they may take as long as they like. */
  readonly timeoutS?: number
  /** Request `index` of the run. */
  request(index: number): Request
  /** X-Request-Id of request `index`. */
  requestId(index: number): string
}

export function bodyBytes(dialect: Dialect, body: string): Uint8Array {
  return dialect.bytes?.(body) ?? Buffer.from(body, 'utf8')
}

/** One worker's HTTP/1.1 connections to one target: kept alive and replaced before the server drops them. */
export class Http1Wire implements Wire {
  readonly #options: WireOptions
  readonly #heads: readonly Uint8Array[]
  readonly #balancer: Balancer
  /** Idle connections by endpoint, the last used one last. */
  readonly #idle: Http1Connection[][]
  readonly #all = new Set<Http1Connection>()
  readonly #readBuffer = new Uint8Array(64 * 1024)
  readonly #replyHeads = new HeadMemory()
  readonly #reads: ReadQueue
  #wanted = 0
  #made = 0
  #refresh: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: WireOptions) {
    this.#options = options
    this.#reads = new ReadQueue(options.clock)
    this.#idle = options.endpoints.map(() => [])
    this.#heads = options.endpoints.map((endpoint) => Buffer.from(headOf(endpoint, options), 'latin1'))
    this.#balancer = new Balancer(options.endpoints.length, options.balance ?? 'round-robin')
  }

  encode(index: number): EncodedRequest {
    const { dialect, model, body, request, requestId } = this.#options
    const asked = request(index)
    const json = bodyBytes(dialect, dialect.encode(asked, model, body))
    const own = `X-Request-Id: ${requestId(index)}\r\nContent-Length: ${json.length}\r\n\r\n`
    const rest = [Buffer.from(own, 'latin1'), json]
    // Where the endpoint shows when the request is sent, its part of the head is put before the rest then.
    const parts = this.#balancer.isFixed ? [this.#head(this.#balancer.next(index)), ...rest] : rest
    return { index, bytes: Buffer.concat(parts), echoes: dialect.echoes?.(asked) ?? noEchoes }
  }

  async open(count: number): Promise<void> {
    if (this.#options.connections === 'fresh') return
    this.#wanted = count
    const share = Math.ceil(count / this.#idle.length)
    for (const [endpointIndex, idle] of this.#idle.entries()) {
      while (idle.length < share && !this.#closed) {
        const before = idle.length
        const window = Math.min(connectWindow, share - idle.length)
        await Promise.allSettled(Array.from({ length: window }, () => this.#openIdle(endpointIndex)))
        // What cannot be connected fails as records of the requests that need it.
        if (idle.length === before) break
      }
    }
    this.#refresh ??= setInterval(() => this.#replaceAging(), refresh.everyMs).unref()
  }

  send(request: EncodedRequest, sink: WireSink): { cancel(): void } {
    const endpointIndex = this.#balancer.next(request.index)
    this.#balancer.began(endpointIndex)
    const addressed = this.#balancer.isFixed ? request : this.#addressed(request, endpointIndex)
    const ready = this.#options.connections === 'reuse' ? this.#takeIdle(endpointIndex) : undefined
    if (ready === undefined) return this.#sendFresh(addressed, sink, endpointIndex)
    ready.send(addressed, sink)
    return cancelling(ready, sink)
  }

  #sendFresh(request: EncodedRequest, sink: WireSink, endpointIndex: number): { cancel(): void } {
    const connection = this.#connect(endpointIndex)
    // Let go once it is written: the handle lives as long as the reply takes.
    let waiting: EncodedRequest | undefined = request
    connection.connected.then(
      () => {
        if (waiting === undefined) return
        sink.connected(connection.idleSinceNs)
        connection.send(waiting, sink)
        waiting = undefined
      },
      (error: ConnectError) => {
        if (waiting === undefined) return
        waiting = undefined
        this.#balancer.over(endpointIndex)
        sink.endpoint(endpointIndex)
        sink.failed(this.#options.clock.now(), error.kind, error.message)
      },
    )
    return {
      cancel: () => {
        if (waiting !== undefined) this.#balancer.over(endpointIndex)
        waiting = undefined
        if (connection.sink === undefined) connection.destroy()
        else abandon(connection, sink)
      },
    }
  }

  get connections(): { readonly open: number; readonly made: number } {
    return { open: this.#all.size, made: this.#made }
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#refresh)
    for (const connection of this.#all) connection.destroy()
  }

  #head(endpointIndex: number): Uint8Array {
    return this.#heads[endpointIndex] ?? new Uint8Array(0)
  }

  #addressed(request: EncodedRequest, endpointIndex: number): EncodedRequest {
    return { ...request, bytes: Buffer.concat([this.#head(endpointIndex), request.bytes]) }
  }

  #connect(endpointIndex: number): Http1Connection {
    const { endpoints, dialect, clock, rawCapture, connections } = this.#options
    const endpoint = endpoints[endpointIndex]
    if (endpoint === undefined) throw new RangeError(`no endpoint ${endpointIndex}`)
    const connection = new Http1Connection({
      endpoint,
      endpointIndex,
      dialect,
      clock,
      readBuffer: this.#readBuffer,
      heads: this.#replyHeads,
      reads: this.#reads,
      rawCapture,
      onOver: () => this.#balancer.over(endpointIndex),
      onIdle: (idle) => {
        if (connections === 'fresh' || this.#closed) idle.destroy()
        else this.#idle[endpointIndex]?.push(idle)
      },
      onGone: (gone) => {
        this.#all.delete(gone)
        this.#forget(gone)
      },
    })
    this.#all.add(connection)
    this.#made++
    return connection
  }

  async #openIdle(endpointIndex: number): Promise<void> {
    const connection = this.#connect(endpointIndex)
    await connection.connected
    this.#idle[endpointIndex]?.push(connection)
  }

  #takeIdle(endpointIndex: number): Http1Connection | undefined {
    const idle = this.#idle[endpointIndex]
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (connection.alive && !this.#isAging(connection, 0)) return connection
      connection.destroy()
    }
    return undefined
  }

  /** True when the server may soon close it: its limit less a margin, and less up to `aheadS`, has passed. */
  #isAging(connection: Http1Connection, aheadS: number): boolean {
    const limitS = (connection.idleLimitS ?? assumedIdleLimitS) - idleMarginS
    const idleS = (this.#options.clock.now() - connection.idleSinceNs) / NS_PER_S
    return idleS > limitS - Math.min(aheadS, limitS / 2)
  }

  /** Keeps the pool as large as asked with sockets that are good for some seconds. */
  #replaceAging(): void {
    const share = Math.ceil(this.#wanted / this.#idle.length)
    const most = Math.ceil(share / refresh.rounds)
    for (const [endpointIndex, idle] of this.#idle.entries()) {
      for (let replaced = 0; replaced < most; replaced++) {
        // The first one has been idle longest.
        const [oldest] = idle
        if (oldest === undefined || !this.#isAging(oldest, refresh.aheadS)) break
        idle.shift()
        oldest.destroy()
        if (idle.length < share) this.#openIdle(endpointIndex).catch(() => {})
      }
    }
  }

  #forget(connection: Http1Connection): void {
    const idle = this.#idle[connection.endpointIndex]
    const at = idle?.indexOf(connection) ?? -1
    if (at >= 0) idle?.splice(at, 1)
  }
}

/** Apart from `send`, so that the handle does not keep the request's bytes. */
function cancelling(connection: Http1Connection, sink: WireSink): { cancel(): void } {
  return { cancel: () => abandon(connection, sink) }
}

/** Cancels unless the connection has moved on to another exchange. */
function abandon(connection: Http1Connection, sink: WireSink): void {
  if (connection.sink === sink) connection.abandon()
}

function headOf(endpoint: Endpoint, options: WireOptions): string {
  const headers: Record<string, string> = {
    Host: endpoint.host,
    'User-Agent': 'assay',
    Accept: accepted[options.dialect.framing],
    'Accept-Encoding': 'identity',
    'Content-Type': options.dialect.contentType,
    Connection: options.connections === 'fresh' ? 'close' : 'keep-alive',
    ...options.dialect.headers,
    ...options.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${endpoint.path} HTTP/1.1\r\n${lines.join('')}`
}

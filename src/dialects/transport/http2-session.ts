import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock } from '../../model/clock.ts'
import type { Endpoint } from './endpoint.ts'
import type { Problem } from './reply.ts'
import { ConnectError, closedEarly, kindOf, sentenceOf } from './socket.ts'

/**
 * Credit the server has before it must wait for us: 16 MiB a stream, 1 GiB a session. Reads are handed on at once, and
 * half a window is given back as soon as it is used, so that flow control never holds back a token.
 */
const windowBytes = { stream: 16 * 1024 * 1024, session: 1024 * 1024 * 1024 }
/**
 * No bounds of node:http2's own, since it aborts the process (`current_nghttp2_memory_ == 0`) when it collects a
 * session that has dropped a head for them. The exchange judges the head; nghttp2 bounds it to nine frames.
 */
const noHeadLimit = 0xffff_ffff
/** Beyond Node's own 10 MB, which a burst of long prompts passes: requests would then be refused on our side. */
const sessionMemoryMb = 1000
/** A server that has accepted and says nothing does not speak HTTP/2. */
const settingsTimeoutMs = 10_000

const useHttp1 = 'use transport http1 (--transport http1)'

export interface SessionOptions {
  readonly endpoint: Endpoint
  readonly endpointIndex: number
  readonly clock: Clock
  /** Streams at a time, if the server allows as many. */
  readonly mostStreams: number
  onGone(session: Http2Session): void
}

/** One HTTP/2 connection: TLS with ALPN, or clear text with prior knowledge. Its streams are told apart by node:http2. */
export class Http2Session {
  readonly #options: SessionOptions
  readonly #socket: Socket
  #session: ClientHttp2Session | undefined
  #problem: Problem | undefined
  #bytesRead = 0
  #readNs = 0
  #ready = false
  /** The socket is connected, TLS included. Rejects with a ConnectError. */
  readonly connected: Promise<void>
  /** The server has told its settings: `limit` is known. Rejects with a ConnectError. */
  readonly ready: Promise<void>
  /** When the socket was connected: ns since the epoch; 0 before. */
  connectedNs = 0
  /** Streams it takes at a time. */
  limit = 1
  /** Requests that wait until it is ready. */
  awaited = 0
  /** Replies finished on this connection. */
  served = 0
  #gone = false
  #streams = 0

  constructor(options: SessionOptions) {
    this.#options = options
    const { endpoint } = options
    this.#socket = openSocket(endpoint)
    this.connected = new Promise((resolve, reject) => {
      this.#socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => this.#connected(resolve))
      this.#socket.once('close', () => reject(new ConnectError(this.#problem ?? closedEarly)))
    })
    this.ready = this.connected.then(() => this.#settled())
    // Whoever waits handles the failure; nobody waits for sessions opened ahead.
    this.connected.catch(() => {})
    this.ready.catch(() => {})
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#problem ??= this.#problemOf(error)
    })
    this.#socket.on('close', () => {
      this.#gone = true
      options.onGone(this)
    })
  }

  get endpointIndex(): number {
    return this.#options.endpointIndex
  }

  /** The server's settings have come. */
  get isReady(): boolean {
    return this.#ready
  }

  /** Takes further requests. */
  get alive(): boolean {
    const session = this.#session
    return !this.#gone && session?.closed !== true && session?.destroyed !== true
  }

  /** Streams that are open, as the server counts them, or about to be. */
  get streams(): number {
    return this.#streams
  }

  /** Takes a place for one stream. */
  take(): void {
    this.#streams++
  }

  /** Gives the place back; the last one closes a session that the server has ended. */
  release(): void {
    this.#streams--
    if (!this.alive) this.#leave()
  }

  /** Opens a stream, whose place the caller has taken; the session must be connected and alive. */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    if (this.#session === undefined) throw new Error('The session is not connected.')
    return this.#session.request(headers, { endStream: false })
  }

  /**
   * Instant of the socket's read in progress, for what a stream of this session brought. node:http2 hands on the
   * frames of one read one after the other: the first that asks reads the clock and the others share it, as the
   * bytes were all there by then. The socket's own count of bytes tells reads apart (over TLS: records).
   */
  readNs(): number {
    const { bytesRead } = this.#socket
    if (bytesRead !== this.#bytesRead || bytesRead === 0) {
      this.#bytesRead = bytesRead
      this.#readNs = this.#options.clock.now()
    }
    return this.#readNs
  }

  /**
   * Why a stream ended early.
   * @param code what it was reset with
   * @param seen part of its reply has come
   * @param error what node:http2 said: the session's error may be told to its streams first
   */
  lossOf(code: number, seen: boolean, error: NodeJS.ErrnoException | undefined): Problem {
    if (error?.code === 'ERR_HTTP2_ERROR') this.#problem ??= this.#problemOf(error)
    const isGone = !this.alive
    if (!seen && this.served > 0 && (isGone || code === constants.NGHTTP2_REFUSED_STREAM)) {
      const how = isGone ? 'closed the kept-alive connection' : 'refused a further stream'
      return { kind: 'stale-connection', message: `The server ${how} as the request was sent.` }
    }
    if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) {
      return { kind: 'protocol', message: `The server wants HTTP/1.1 for this request: ${useHttp1}.` }
    }
    if (isGone && this.#problem !== undefined) return this.#problem
    if (!isGone && code !== constants.NGHTTP2_NO_ERROR) {
      return { kind: 'reset', message: `The stream was reset (${codeName(code)}).` }
    }
    return seen
      ? { kind: 'truncated', message: 'The connection was closed in the middle of the reply.' }
      : { kind: 'reset', message: 'The connection was closed before the reply.' }
  }

  destroy(): void {
    this.#gone = true
    this.#session?.destroy()
    this.#socket.destroy()
  }

  #connected(resolve: () => void): void {
    const { endpoint, clock } = this.#options
    if (endpoint.tls && (this.#socket as TLSSocket).alpnProtocol !== 'h2') {
      this.#fail(noAlpn)
      return
    }
    this.connectedNs = clock.now()
    const session = connect(`${endpoint.tls ? 'https' : 'http'}://${endpoint.host}`, {
      createConnection: () => this.#socket,
      settings: {
        enablePush: false,
        initialWindowSize: windowBytes.stream,
        maxHeaderListSize: noHeadLimit,
      },
      maxHeaderListPairs: noHeadLimit,
      maxSessionMemory: sessionMemoryMb,
    })
    this.#session = session
    session.once('connect', () => session.setLocalWindowSize(windowBytes.session))
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      // A server that allows none for now makes the request wait; it is then the server that is slow.
      const allowed = Math.max(1, maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
      this.limit = Math.min(allowed, this.#options.mostStreams)
    })
    session.on('goaway', (code) => {
      this.#gone = true
      if (code !== constants.NGHTTP2_NO_ERROR) {
        const message = `The server ended the session (GOAWAY, ${codeName(code)}).`
        this.#problem ??= { kind: 'reset', message }
      }
      this.#leave()
    })
    session.on('error', (error: NodeJS.ErrnoException) => {
      this.#gone = true
      this.#problem ??= this.#problemOf(error)
    })
    resolve()
  }

  /** node:http2 would wait for the server to close its side. */
  #leave(): void {
    if (this.#streams === 0) this.destroy()
  }

  #settled(): Promise<void> {
    const session = this.#session
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        const message = `The server did not answer in HTTP/2 within ${settingsTimeoutMs / 1000} s: ${useHttp1}.`
        this.#fail({ kind: 'protocol', message })
      }, settingsTimeoutMs)
      session?.once('remoteSettings', () => {
        clearTimeout(limit)
        this.#ready = true
        resolve()
      })
      this.#socket.once('close', () => {
        clearTimeout(limit)
        reject(new ConnectError(this.#problem ?? closedEarly))
      })
    })
  }

  /** An error of the socket or of node:http2, which destroys the socket with its own errors. */
  #problemOf(error: NodeJS.ErrnoException): Problem {
    switch (error.code) {
      case 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL':
        return noAlpn
      case 'ERR_HTTP2_ERROR':
        return this.#ready
          ? { kind: 'protocol', message: `The server broke the rules of HTTP/2: ${error.message}.` }
          : { kind: 'protocol', message: `The server does not speak HTTP/2 here: ${useHttp1}.` }
      default: {
        const kind = kindOf(error, this.connectedNs > 0, this.#options.endpoint.tls)
        return { kind, message: sentenceOf(error) }
      }
    }
  }

  #fail(problem: Problem): void {
    this.#problem ??= problem
    this.destroy()
  }
}

const noAlpn: Problem = {
  kind: 'protocol',
  message: `The server does not offer HTTP/2 in the TLS handshake (ALPN): ${useHttp1}.`,
}

function openSocket(endpoint: Endpoint): Socket {
  const common = { host: endpoint.address, port: endpoint.port, noDelay: true }
  if (!endpoint.tls) return connectTcp(common)
  const name = endpoint.serverName === undefined ? {} : { servername: endpoint.serverName }
  return connectTls({ ...common, ...name, ALPNProtocols: ['h2'] })
}

/** Name of an error code of RFC 9113, section 7. */
function codeName(code: number): string {
  const names = [
    'NO_ERROR',
    'PROTOCOL_ERROR',
    'INTERNAL_ERROR',
    'FLOW_CONTROL_ERROR',
    'SETTINGS_TIMEOUT',
    'STREAM_CLOSED',
    'FRAME_SIZE_ERROR',
    'REFUSED_STREAM',
    'CANCEL',
    'COMPRESSION_ERROR',
    'CONNECT_ERROR',
    'ENHANCE_YOUR_CALM',
    'INADEQUATE_SECURITY',
    'HTTP_1_1_REQUIRED',
  ]
  return names[code] ?? `code ${code}`
}

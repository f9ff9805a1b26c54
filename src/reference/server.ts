import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { makeClock, wallTime } from '../model/clock.ts'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import type { Lateness, Truth } from '../model/truth.ts'
import { Answers, type Origin } from './answer.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import type { GrpcServer } from './grpc-server.ts'
import { Intake } from './intake.ts'
import { personaNamed, personas } from './personas/index.ts'
import type { Persona } from './personas/persona.ts'
import { realTimers, Scheduler } from './scheduler.ts'
import { type Timing, timingModel } from './timing.ts'
import { TruthLog } from './truth-log.ts'
import { warmUp } from './warm-up.ts'

/** Connections the kernel may hold for us before we accept them (it takes at most net.core.somaxconn). */
const backlog = 65_535

/** Everything about a reference server; all of it has a default. */
export interface ReferenceOptions {
  /** Address to listen at: 127.0.0.1. */
  readonly host?: string
  /** 0, a free one. */
  readonly port?: number
  /** First token after 50 ms, one each 10 ms after it. */
  readonly timing?: Timing
  /** Events that are due leave in writes of up to 16 KiB, as many as fit, instead of one write each: false. */
  readonly flood?: boolean
  /** The engine that it plays where a path does not say: `reference`, itself. */
  readonly as?: string
  /** Name of the model that is listed: `reference`. */
  readonly model?: string
  /** Output tokens of requests that do not say: 16. */
  readonly defaultTokens?: number
  /** Of what is random in times and faults: 1. */
  readonly seed?: number
  /** PEM texts; with them the server speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Epoch of all instants (CLOCK_MONOTONIC, ns), so that they agree with another process's clock: now. */
  readonly epochMonotonicNs?: string
  /** Runs its own code for up to a fifth of a second before it listens: false, but true in a process of its own. */
  readonly warmUp?: boolean
  /** Longest request body: 64 MiB. */
  readonly maxBodyBytes?: number
}

/** A reference server in this process and thread. */
export interface Reference {
  readonly url: string
  readonly port: number
  readonly epochMonotonicNs: string
  truth(): Truth
  lateness(): Lateness
  /** Forgets all it logged, and begins to count anew for faults of every n-th request. */
  reset(): void
  /** Stops listening and drops every connection. */
  close(): Promise<void>
}

/**
 * Starts a server that answers like an engine, at stated times, and logs what it wrote and when.
 * Throws `reference-option` and `reference-listen`.
 */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const { host = '127.0.0.1', port = 0, maxBodyBytes = 64 * 1024 * 1024, defaultTokens = 16 } = options
  wholeNumber('port', port, 0, 65_535)
  wholeNumber('defaultTokens', defaultTokens, 1, 1_000_000)
  const { flood = false, seed = 1 } = options
  const persona = personaOf(options.as ?? 'reference')
  const timing = await timingModel(options.timing ?? { kind: 'fixed', ttftMs: 50, itlMs: 10 }, seed)
  const clock = makeClock(options.epochMonotonicNs)
  if (options.warmUp === true) await warmUp(startReference, options, clock)
  const scheduler = new Scheduler(clock, realTimers)
  const intake = new Intake(clock)
  const sockets = new Set<Socket>()
  const { epochMonotonicNs } = clock
  let log = new TruthLog()
  let accepted = 0
  let grpc: Promise<GrpcServer> | undefined
  const answers = new Answers({
    persona,
    model: options.model ?? 'reference',
    defaultTokens,
    timing,
    seed,
    created: Math.floor(Date.parse(wallTime()) / 1000),
    log: () => log,
    truth: () => log.truth(epochMonotonicNs),
    lateness: () => log.lateness(),
    // Replies on their way keep the log they began in.
    reset: () => {
      log = new TruthLog()
      timing.reset()
    },
  })
  const takeHttp2 = async (socket: Socket, origin: Origin) => {
    socket.pause()
    // Loaded when gRPC is first spoken.
    grpc ??= import('./grpc-server.ts').then(({ GrpcServer }) => {
      return new GrpcServer({ clock, scheduler, flood, maxBodyBytes, answers })
    })
    ;(await grpc).take(socket, origin)
  }
  const onSocket = (socket: Socket) => {
    const origin: Origin = { connection: accepted++, requests: 0 }
    const plan: ConnectionOptions['plan'] = (request, arrivalNs) => answers.plan(request, origin, arrivalNs)
    new Connection({
      socket,
      clock,
      scheduler,
      intake,
      flood,
      maxBodyBytes,
      plan,
      ...(options.tls === undefined ? { onHttp2: () => void takeHttp2(socket, origin) } : {}),
    })
  }
  const server = makeServer(options.tls, onSocket)
  // Before any TLS handshake, so that `close` ends those too.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const actualPort = await listen(server, host, port)
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${name}:${actualPort}`,
    port: actualPort,
    epochMonotonicNs,
    truth: () => log.truth(epochMonotonicNs),
    lateness: () => log.lateness(),
    reset: () => answers.reset(),
    close() {
      scheduler.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}

function wholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new AssayError('reference-option', `The reference server's ${name} is ${value}.`, {
    hint: `Give a whole number from ${least} to ${most}.`,
  })
}

function personaOf(name: string): Persona {
  const persona = personaNamed(name)
  if (persona !== undefined) return persona
  throw new AssayError('reference-option', `The reference server plays no engine called "${name}".`, {
    hint: `Known: ${Object.keys(personas).join(', ')}.`,
  })
}

function makeServer(tls: ReferenceOptions['tls'], onSocket: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer({ noDelay: true }, onSocket)
  try {
    return createTlsServer({ ...tls, noDelay: true, ALPNProtocols: ['http/1.1'] }, onSocket)
  } catch (cause) {
    throw new AssayError('reference-option', `The reference server's tls is unusable: ${messageOf(cause)}`, {
      hint: 'Give a private key and its certificate as PEM texts.',
      cause,
    })
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (cause: unknown) => {
      const message = `The reference server cannot listen at ${host}:${port}: ${messageOf(cause)}`
      const hint = 'Choose another port, or 0 for a free one.'
      reject(new AssayError('reference-listen', message, { hint, cause, exitCode: exitCodes.target }))
    }
    server.once('error', refused)
    server.listen({ host, port, backlog }, () => {
      server.off('error', refused)
      // Single connections that fail while they are accepted must not end the server.
      server.on('error', () => {})
      resolve((server.address() as AddressInfo).port)
    })
  })
}

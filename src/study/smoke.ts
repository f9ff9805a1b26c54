import { setTimeout } from 'node:timers/promises'
import { loadDialect } from '../dialects/index.ts'
import { makeWire } from '../dialects/transport/index.ts'
import type { Clock } from '../model/clock.ts'
import { AssayError, exitCodes, redact } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import type { Wire } from '../model/wire.ts'
import { framingHint } from './framing-hint.ts'
import type { PreparedTarget } from './ready-target.ts'
import { type Failure, sendOne } from './send-one.ts'

/** Enough to see a stream, little enough to cost nothing. */
const smokeTokens = 4
const timeoutS = 120

/** A server that hangs up after a reply does so by then, its network included. */
const hangUpMs = 100

/**
 * Sends one short request to each endpoint, so that a wrong address, model or key shows before the load, in one
 * message. Gives whether an endpoint hung up after its reply though it was asked to keep the connection.
 * Throws an AssayError with exit code `target`.
 */
export async function smoke(options: {
  readonly prepared: PreparedTarget
  readonly request: Request
  readonly clock: Clock
  readonly requestId: string
  readonly secrets: readonly string[]
}): Promise<{ readonly hangsUp: boolean }> {
  const { prepared, request, clock, requestId, secrets } = options
  const { target, model, dialect, urls } = prepared.ready
  let hangsUp = false
  const tokens = Math.min(smokeTokens, request.output.tokens)
  for (const [endpointIndex, endpoint] of prepared.endpoints.entries()) {
    const spoken = await loadDialect(dialect, target.dialectOptions)
    const wire = await makeWire(target.transport, {
      endpoints: [endpoint],
      dialect: spoken,
      clock,
      model,
      headers: prepared.headers,
      body: target.body,
      connections: target.connections,
      rawCapture: false,
      request: () => ({ ...request, output: { ...request.output, tokens } }),
      requestId: () => requestId,
    })
    const failure = await sendOne(wire, 0, Math.min(timeoutS, target.timeoutS))
    if (failure === undefined && target.connections === 'reuse') hangsUp ||= await isHungUp(wire)
    wire.close()
    if (failure === undefined) continue
    const where = `${endpoint.tls ? 'https' : 'http'}://${endpoint.host}${endpoint.path}`
    throw new AssayError(
      'smoke-failed',
      redact(
        `Target "${target.name}" did not answer a first request at ${where}: ${failure.message}`,
        secrets,
      ),
      {
        hint:
          (failure.kind === 'malformed' ? await framingHint(failure.message, spoken.framing) : undefined) ??
          hintFor(failure, model, urls[endpointIndex] ?? where, dialectsOf(prepared)),
        exitCode: exitCodes.target,
      },
    )
  }
  return { hangsUp }
}

/** Whether the connection of a finished request is gone, or goes right away. */
async function isHungUp(wire: Wire): Promise<boolean> {
  for (let waitedMs = 0; wire.connections.open > 0; waitedMs += 5) {
    if (waitedMs >= hangUpMs) return false
    await setTimeout(5)
  }
  return true
}

/** What the server speaks instead of the dialect that was tried, when it is known. */
function dialectsOf({ server, ready }: PreparedTarget): string {
  const others = server.dialects.filter((name) => name !== ready.dialect)
  return server.name === 'unknown' || others.length === 0
    ? 'another --dialect may be spoken there'
    : `${server.title} speaks ${others.map((name) => `--dialect ${name}`).join(', ')}`
}

function hintFor(failure: Failure, model: string, url: string, dialects: string): string {
  switch (failure.kind) {
    case 'connect':
    case 'reset':
    case 'dns':
      return `Is a server running at ${url}, and are host and port right?`
    case 'tls':
      return 'The certificate cannot be verified. For a private authority set NODE_EXTRA_CA_CERTS=/path/ca.pem.'
    case 'grpc-status':
      return `The server took the call and refused it: check the model name ("${model}") and its inputs; its log may say more.`
    case 'http-status':
      switch (failure.status) {
        case 401:
        case 403:
          return 'Give its key with --api-key-env VARIABLE, or apiKeyEnv in the study.'
        case 404:
          return `Check the URL's path and the model name ("${model}"); ${dialects}.`
        case 400:
        case 422:
          return 'If it refuses ignore_eos, ask for "up to" a length: output: { mode: up-to } of the workload in a study.'
        case 429:
          return 'The server limits its clients: wait, or lower the load.'
        default:
          return 'The server answered, but could not serve the request: see its log.'
      }
    case 'redirect':
      return 'Assay follows no redirects, because they would be measured.'
    case 'timeout':
      return 'The server accepts connections but does not answer: see its log.'
    case 'empty':
    case 'truncated':
    case 'malformed':
    case 'protocol':
    case 'stream-error':
    case 'stale-connection':
    case 'too-large':
      return 'Is it the right API? Known ones: assay quick --help, at --dialect.'
    default:
      return failure.kind satisfies never
  }
}

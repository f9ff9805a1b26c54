import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ErrorKind } from '../../model/record.ts'
import type { Endpoint } from './endpoint.ts'

/** Why a connection could not be made. */
export class ConnectError extends Error {
  readonly kind: ErrorKind

  constructor(problem: { readonly kind: ErrorKind; readonly message: string }) {
    super(problem.message)
    this.kind = problem.kind
  }
}

/** A close that no error explains. */
export const closedEarly = {
  kind: 'connect',
  message: 'The connection was closed while it was made.',
} as const

/** Connects to an endpoint; what arrives is read into the shared buffer and handed on before the next read. */
export function openSocket(
  endpoint: Endpoint,
  readBuffer: Uint8Array,
  onRead: (bytes: Uint8Array, length: number) => void,
): Socket {
  const common = {
    host: endpoint.address,
    port: endpoint.port,
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback: (length: number, bytes: Uint8Array) => {
        onRead(bytes, length)
        return true
      },
    },
  }
  if (!endpoint.tls) return connectTcp(common)
  const name = endpoint.serverName === undefined ? {} : { servername: endpoint.serverName }
  return connectTls({ ...common, ...name, ALPNProtocols: ['http/1.1'] })
}

/** What kind of failure a socket's error is. */
export function kindOf(error: NodeJS.ErrnoException, connected: boolean, tls: boolean): ErrorKind {
  const code = error.code ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (connected) return 'reset'
  if (tls && !code.startsWith('ECONN') && !code.startsWith('ETIME') && !code.startsWith('EHOST')) return 'tls'
  return 'connect'
}

/** A socket's error in a sentence. */
export function sentenceOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'Nothing listens there (connection refused).'
    case 'ECONNRESET':
      return 'The server reset the connection.'
    case 'ETIMEDOUT':
      return 'The server does not answer (connection timed out).'
    case 'EMFILE':
      return 'This process may not open more connections (descriptor limit).'
    case 'EADDRNOTAVAIL':
      return 'No local port is free for another connection.'
    default:
      return error.message
  }
}

import type { Problem } from './reply.ts'

/**
 * Calls of one channel at a time: an HTTP/2 connection is read by one thread of a server, and by one of ours. Servers
 * that allow fewer get fewer.
 */
export const callsPerChannel = 32

/** Longest value of grpc-timeout: eight digits. */
const mostTimeoutMs = 99_999_999

/** Headers of a call: how long it may take. The server stops what takes longer. */
export function deadlineHeaders(timeoutS: number | undefined): Readonly<Record<string, string>> {
  if (timeoutS === undefined) return {}
  return { 'grpc-timeout': `${Math.min(Math.ceil(timeoutS * 1000), mostTimeoutMs)}m` }
}

/** Status codes of gRPC by number. */
const codes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

const longestMessage = 1000

/** How a call ended, by its trailers: `undefined` when all is well. */
export function callProblem(trailers: Readonly<Record<string, unknown>> | undefined): Problem | undefined {
  const status = trailers?.['grpc-status']
  if (status === '0') return undefined
  if (status === undefined) {
    return { kind: 'protocol', message: 'The reply ended without a grpc-status: is it a server of gRPC?' }
  }
  const code = codes[Number(status)] ?? `code ${String(status).slice(0, 20)}`
  const said = messageOf(trailers?.['grpc-message'])
  return {
    kind: code === 'DEADLINE_EXCEEDED' ? 'timeout' : 'grpc-status',
    message: `The call ended with ${code}${said === '' ? '.' : `: ${said}`}`,
  }
}

/** Percent-encoded UTF-8. */
function messageOf(value: unknown): string {
  const text = (typeof value === 'string' ? value : '').slice(0, longestMessage)
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

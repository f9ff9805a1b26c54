import type { StreamSink } from './dialect.ts'
import type { ErrorKind } from './record.ts'

/** Follows one request on the wire; every instant is ns since the run's epoch. */
export interface WireSink extends StreamSink {
  /** Index into the target's URLs. */
  endpoint(index: number): void
  connected(atNs: number): void
  sent(atNs: number): void
  written(atNs: number): void
  headers(atNs: number, status: number): void
  /** Called first for every read that belongs to this request; `event` calls that follow share its instant. */
  arrived(atNs: number, bodyBytes: number): void
  retryAfter(seconds: number): void
  /** Raw body bytes, when raw capture is on. */
  raw(bytes: Uint8Array, start: number, end: number): void
  /** Exactly one of the two ends a request. */
  ended(atNs: number): void
  failed(atNs: number, kind: ErrorKind, message: string): void
}

/** A request whose bytes are ready. */
export interface EncodedRequest {
  readonly index: number
  readonly bytes: Uint8Array
  /** Text that the reply to each prompt begins with, where servers repeat it; else empty. */
  readonly echoes: readonly string[]
}

/** One worker's connections to one target. */
export interface Wire {
  encode(index: number): EncodedRequest
  /** Opens connections ahead of the phase, until `count` are there. */
  open(count: number): Promise<void>
  /** Starts sending at once; returns a handle that cancels. `cancel` is silent: the caller records the outcome. */
  send(request: EncodedRequest, sink: WireSink): { cancel(): void }
  close(): void
  /** Connections that are open now, and those made since the wire was. */
  readonly connections: { readonly open: number; readonly made: number }
}

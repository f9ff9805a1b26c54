import type { Framing } from '../../model/dialect.ts'
import { DelimitedSplitter } from './delimited.ts'
import { GrpcSplitter } from './grpc.ts'
import { JsonSplitter } from './json.ts'
import { RawSplitter } from './raw.ts'
import type { OnPayload, Splitter } from './splitter.ts'
import { SseSplitter } from './sse.ts'

/** What finds the payloads in a body, for every framing. */
const splitters = {
  sse: (onPayload) => new SseSplitter(onPayload),
  ndjson: (onPayload) => new DelimitedSplitter(onPayload, { nul: false }),
  nul: (onPayload) => new DelimitedSplitter(onPayload, { nul: true }),
  raw: (onPayload) => new RawSplitter(onPayload),
  json: (onPayload) => new JsonSplitter(onPayload),
  grpc: (onPayload) => new GrpcSplitter(onPayload),
} satisfies Record<Framing, (onPayload: OnPayload) => Splitter>

export function makeSplitter(framing: Framing, onPayload: OnPayload): Splitter {
  return splitters[framing](onPayload)
}

/** Value of the Accept header. */
export const accepted: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream, application/json',
  ndjson: 'application/x-ndjson, application/json',
  nul: '*/*',
  raw: '*/*',
  json: 'application/json',
  grpc: 'application/grpc',
}

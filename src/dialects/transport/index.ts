import type { TransportName } from '../../model/target.ts'
import type { Wire } from '../../model/wire.ts'
import { Http1Wire, type WireOptions } from './wire.ts'

/** Every way requests travel; a name here is the name in YAML, on the command line and in tables. */
const wires = {
  http1: async (options) => new Http1Wire(options),
  // Loaded when asked for: node:http2 costs a start of the process 10 ms.
  http2: async (options) => new (await import('./http2-wire.ts')).Http2Wire(options),
  // Its frames and trailers are told by the dialect's framing.
  grpc: async (options) => new (await import('./http2-wire.ts')).Http2Wire(options),
} satisfies Record<TransportName, (options: WireOptions) => Promise<Wire>>

/** One worker's connections to a target, over the transport it asks for. */
export function makeWire(transport: TransportName, options: WireOptions): Promise<Wire> {
  return wires[transport](options)
}

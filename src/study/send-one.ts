import type { ErrorKind } from '../model/record.ts'
import type { Wire, WireSink } from '../model/wire.ts'

/** Why a request got no whole answer. */
export interface Failure {
  readonly kind: ErrorKind
  readonly status: number | undefined
  readonly message: string
}

/** Sends one request that nothing is recorded of; gives what went wrong, if anything did. */
export function sendOne(wire: Wire, index: number, limitS: number): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    let said: { kind: ErrorKind; message: string } | undefined
    let status: number | undefined
    const limit = setTimeout(
      () => finish({ kind: 'timeout', status, message: `no complete answer within ${limitS} s.` }),
      limitS * 1000,
    )
    const finish = (failure: Failure | undefined) => {
      clearTimeout(limit)
      resolve(failure)
    }
    const nothing = () => {}
    const sink: WireSink = {
      endpoint: nothing,
      connected: nothing,
      sent: nothing,
      written: nothing,
      headers: (_, code) => {
        status = code
      },
      arrived: nothing,
      retryAfter: nothing,
      raw: nothing,
      prompt: nothing,
      event: nothing,
      usage: nothing,
      finish: nothing,
      serverId: nothing,
      fail: (kind, message) => {
        said ??= { kind, message }
      },
      ended: () => finish(said === undefined ? undefined : { ...said, status }),
      failed: (_, kind, message) => finish({ ...(said ?? { kind, message }), status }),
    }
    wire.send(wire.encode(index), sink)
  })
}

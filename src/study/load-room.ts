import { isIP } from 'node:net'
import type { Endpoint } from '../dialects/transport/endpoint.ts'
import { connectionsFor } from '../load/worker-load.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Load } from '../model/load.ts'
import { descriptorLimit, usableCores } from '../telemetry/host.ts'
import { coresOf, coresOfListener } from '../telemetry/listener.ts'

/** Files that are open besides connections: journals, libraries, pipes. */
const otherDescriptors = 64

/** What this machine leaves to the load. */
export interface LoadRoom {
  /** Load threads that find a core each. */
  readonly workers: number
  /** A waiting loop may look at the clock without end: it takes no core from the target. */
  readonly polling: boolean
}

/**
 * A target on this host needs cores too: half of them, unless it is known to run on others than this process may use.
 * Elsewhere one core stays for the main thread.
 */
export function loadRoom(endpoints: readonly Endpoint[]): LoadRoom {
  const cores = usableCores()
  const shares = endpoints.some((endpoint) => isLoopback(endpoint) && sharesCores(endpoint.port))
  return {
    workers: Math.max(1, shares ? Math.floor(cores / 2) : cores - 1),
    polling: !shares,
  }
}

function sharesCores(port: number): boolean {
  const own = coresOf('self')
  const theirs = coresOfListener(port)
  if (own === undefined || theirs === undefined) return true
  return [...theirs].some((core) => own.has(core))
}

function isLoopback(endpoint: Endpoint): boolean {
  return isIP(endpoint.address) === 4 ? endpoint.address.startsWith('127.') : endpoint.address === '::1'
}

/**
 * Refuses a load that needs more connections than this process may have open (Node has raised the soft limit already).
 * @throws AssayError `descriptor-limit`
 */
export function checkDescriptors(load: Load): void {
  const limit = descriptorLimit()
  const needed = connectionsFor(load, { index: 0, of: 1 }) + otherDescriptors
  if (limit === undefined || needed <= limit) return
  throw new AssayError(
    'descriptor-limit',
    `Load "${load.name}" needs about ${needed} open files (one a connection), but this process may have ${limit}.`,
    {
      hint: `Raise the hard limit (ulimit -Hn ${needed}, or LimitNOFILE of the service), or lower the load.`,
      exitCode: exitCodes.usage,
    },
  )
}

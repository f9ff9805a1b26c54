// The reference server on a core of its own, and what it says of a run.
import { spawnReference } from '../../dist/reference/spawn.js'
import { cores, pin } from './machine.mjs'
import { cpuOf } from './processes.mjs'

const nowNs = () => process.hrtime.bigint()

/** Starts the reference server; `times`: first token and each next one after so many ms. */
export async function startServer(times, options = {}) {
  const { ttftMs, itlMs } = times
  const server = await spawnReference({ timing: { kind: 'fixed', ttftMs, itlMs }, ...options })
  pin(server.pid, cores.server)
  let since = { cpuS: 0, atNs: nowNs() }
  return {
    ...server,
    /** Forgets what it logged, before a run. */
    async reset() {
      await server.reset()
      since = { cpuS: cpuOf(server.pid), atNs: nowNs() }
    },
    /** Its log, its lateness and its CPU time since the reset. */
    async told() {
      const cpuS = cpuOf(server.pid) - since.cpuS
      const truth = await server.truth()
      return { truth, lateness: await server.lateness(), cpuS }
    },
  }
}

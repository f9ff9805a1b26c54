import type { DockerEngine } from './connect.ts'
import { askDocker } from './http.ts'

/** What Docker itself may take on top of the engine's patience. */
const graceMs = 30_000

/** Stops a container (TERM, then KILL after the patience), and removes it. Gives whether it is gone. */
export async function removeContainer(
  { socketPath, prefix }: DockerEngine,
  name: string,
  patienceMs: number,
): Promise<boolean> {
  const patienceS = Math.ceil(patienceMs / 1000)
  const path = `${prefix}/containers/${name}`
  try {
    await askDocker(socketPath, {
      method: 'POST',
      path: `${path}/stop?t=${patienceS}`,
      timeoutMs: patienceMs + graceMs,
    })
    // With its anonymous volumes; by force, for one that would not stop.
    const removed = await askDocker(socketPath, {
      method: 'DELETE',
      path: `${path}?force=true&v=true`,
      timeoutMs: graceMs,
    })
    return [204, 200, 404].includes(removed.status)
  } catch {
    return false
  }
}

import type { Guarded } from '../process/guard.ts'
import { linkGuard } from '../process/guard-link.ts'
import type { ContainerOrder } from './container-order.ts'
import { removeContainer } from './remove.ts'

/**
 * Makes and starts a container under a guard that removes it as soon as this process is gone. Throws an AssayError in
 * Docker's words when it cannot be started.
 */
export async function startContainer(
  order: ContainerOrder,
  logFile: string,
  signal: AbortSignal | undefined,
): Promise<Guarded> {
  const { guardPid, exited, end } = await linkGuard<string>({
    entry: 'engines/docker/guard-child',
    order,
    logFile,
    ...(signal && { signal }),
  }).catch(async (error: unknown) => {
    // A guard that was itself killed has removed nothing; removing twice does no harm.
    await removeContainer(order.engine, order.name, 0)
    throw error
  })
  return {
    guardPid,
    exited,
    async stop() {
      const { whole, left } = await end()
      if (whole) return left
      return (await removeContainer(order.engine, order.name, order.patienceMs)) ? [] : [order.name]
    },
  }
}

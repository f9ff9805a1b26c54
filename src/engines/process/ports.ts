import { type AddressInfo, createServer, type Server } from 'node:net'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { host } from '../recipes/words.ts'

/**
 * Ports for so many replicas: `first` and the next ones, or any that are free.
 * Throws `port-taken` when one of those asked for cannot be had.
 */
export async function choosePorts(count: number, first: number | undefined): Promise<number[]> {
  const servers: Server[] = []
  try {
    // All held at once, so that no port is found twice.
    for (let i = 0; i < count; i++) servers.push(await hold(first === undefined ? 0 : first + i))
    return servers.map((server) => (server.address() as AddressInfo).port)
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) =>
      reject(
        new AssayError('port-taken', `Port ${port} cannot be used: ${messageOf(cause)}`, {
          hint: 'Choose another "port", or leave it out for any free one.',
          exitCode: exitCodes.target,
          cause,
        }),
      ),
    )
    server.listen({ host, port }, () => resolve(server))
  })
}

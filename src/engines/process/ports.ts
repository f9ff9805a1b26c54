import { type AddressInfo, createServer, type Server } from 'node:net'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { host } from '../recipes/words.ts'

const highest = 65_535

/**
 * So many ports: `first` and the next ones, or any that are free.
 * Throws `port-taken` when one of those asked for cannot be had, `no-ports` when there are not enough.
 */
export async function choosePorts(count: number, first: number | undefined): Promise<number[]> {
  if (first !== undefined && first + count - 1 > highest) {
    throw new AssayError('no-ports', `${count} ports from ${first} on end beyond ${highest}.`, {
      hint: `Choose a "port" of at most ${highest - count + 1}, or leave it out for any free ones.`,
    })
  }
  const servers: Server[] = []
  try {
    // All held at once, so that no port is found twice.
    for (let i = 0; i < count; i++) {
      const port = first === undefined ? 0 : first + i
      servers.push(await hold(port).catch((cause: unknown) => Promise.reject(failed(port, i, count, cause))))
    }
    return servers.map((server) => (server.address() as AddressInfo).port)
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port }, () => resolve(server))
  })
}

function failed(port: number, found: number, count: number, cause: unknown): AssayError {
  const options = { exitCode: exitCodes.target, cause }
  if (port === 0) {
    return new AssayError(
      'no-ports',
      `Of ${count} free ports only ${found} could be had: ${messageOf(cause)}`,
      {
        ...options,
        hint: 'Fewer replicas, a wider net.ipv4.ip_local_port_range, or more open files (ulimit -n) help.',
      },
    )
  }
  return new AssayError('port-taken', `Port ${port} cannot be used: ${messageOf(cause)}`, {
    ...options,
    hint:
      count === 1
        ? 'Choose another "port", or leave it out for any free one.'
        : `The ${count} ports from ${port - found} on are needed: choose another "port", or leave it out for any free ones.`,
  })
}

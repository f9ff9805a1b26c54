import { AssayError, exitCodes } from '../../model/errors.ts'

const usual = '/var/run/docker.sock'

/** Path of the Docker engine's socket: DOCKER_HOST, else the usual one. Throws `docker-host` for what is no Unix socket. */
export function dockerSocket(env: Readonly<Record<string, string | undefined>>): string {
  const host = env.DOCKER_HOST
  if (host === undefined || host === '') return usual
  const path = /^unix:\/\/(\/.*)$/.exec(host)?.[1]
  if (path !== undefined) return path
  throw new AssayError('docker-host', `Assay speaks to Docker through a Unix socket, not ${host}.`, {
    hint:
      'Set DOCKER_HOST=unix:///path/of/docker.sock. An engine on another machine is started there and measured by its URL: ' +
      'containers are reached at 127.0.0.1.',
  })
}

/** What a failed connection to the socket means, and what to do about it. */
export function socketError(socketPath: string, cause: unknown): AssayError {
  const { code = '' } = cause as { code?: string }
  const failed = (what: string, name: string, hint: string) =>
    new AssayError(name, what, { hint, exitCode: exitCodes.target, cause })
  switch (code) {
    case 'ENOENT':
      return failed(
        `There is no Docker engine: ${socketPath} does not exist.`,
        'docker-not-there',
        'Install and start Docker, or set DOCKER_HOST=unix:///path (rootless Docker: unix:///run/user/UID/docker.sock).',
      )
    case 'EACCES':
    case 'EPERM':
      return failed(
        `The Docker engine may not be used: no permission for ${socketPath}.`,
        'docker-forbidden',
        'Join the group that owns the socket (often: sudo usermod -aG docker USER, then log in anew), or use rootless Docker.',
      )
    case 'ECONNREFUSED':
      return failed(
        `No Docker engine listens at ${socketPath}.`,
        'docker-not-there',
        'Start it (often: sudo systemctl start docker), or set DOCKER_HOST=unix:///path.',
      )
    default:
      return failed(
        `The Docker engine at ${socketPath} hung up (${code === '' ? String(cause) : code}).`,
        'docker-hung-up',
        'Its own log says why (often: journalctl -u docker).',
      )
  }
}

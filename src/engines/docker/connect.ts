import { AssayError, exitCodes } from '../../model/errors.ts'
import { askDocker, type DockerAsk, type DockerReply } from './http.ts'
import { dockerSocket, socketError } from './socket.ts'

/** A Docker engine that answers. */
export interface DockerEngine {
  readonly socketPath: string
  /** Begins every path: "/v1.47". */
  readonly prefix: string
}

/** The newest version that we know; an older engine is asked in its own. */
const newest = [1, 47] as const
/** DeviceRequests, which give GPUs, came with Docker 19.03. */
const oldest = [1, 40] as const
const timeoutMs = 10_000

type Version = readonly [number, number]

/** Finds the Docker engine and agrees on a version of its API. Throws `docker-…` with the next step. */
export async function connectDocker(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<DockerEngine> {
  const socketPath = dockerSocket(env)
  const ask = (path: string) =>
    call(socketPath, { method: 'GET', path, timeoutMs, ...(signal && { signal }) })
  const ping = await ask('/_ping')
  const { ApiVersion, MinAPIVersion } = ((await ask('/version')).json ?? {}) as Record<string, unknown>
  const theirs = versionOf(ApiVersion) ?? versionOf(ping.headers['api-version'])
  if (ping.status !== 200 || theirs === undefined) {
    throw incompatible(`What answers at ${socketPath} is no Docker engine (status ${ping.status}).`)
  }
  if (compare(theirs, oldest) < 0) {
    throw incompatible(
      `The Docker engine at ${socketPath} is too old: it speaks version ${theirs.join('.')} of the API, and Assay needs ${oldest.join('.')} (Docker 19.03).`,
    )
  }
  const least = versionOf(MinAPIVersion)
  if (least !== undefined && compare(least, newest) > 0) {
    throw incompatible(
      `The Docker engine at ${socketPath} speaks version ${least.join('.')} of the API and newer, and Assay up to ${newest.join('.')}.`,
    )
  }
  return { socketPath, prefix: `/v${(compare(theirs, newest) < 0 ? theirs : newest).join('.')}` }
}

/** One request below the version. Throws `docker-hung-up` and its like, never for a status. */
export function askEngine({ socketPath, prefix }: DockerEngine, ask: DockerAsk): Promise<DockerReply> {
  return call(socketPath, { ...ask, path: prefix + ask.path })
}

async function call(socketPath: string, ask: DockerAsk): Promise<DockerReply> {
  try {
    return await askDocker(socketPath, ask)
  } catch (cause) {
    if (!ask.signal?.aborted) throw socketError(socketPath, cause)
    throw new AssayError('interrupted', 'Interrupted while the Docker engine was asked.', {
      exitCode: exitCodes.interrupted,
    })
  }
}

function incompatible(message: string): AssayError {
  return new AssayError('docker-version', message, {
    hint: 'Update Docker, or start the engine yourself and give its URL.',
    exitCode: exitCodes.target,
  })
}

function versionOf(text: unknown): Version | undefined {
  const found = typeof text === 'string' ? /^(\d{1,4})\.(\d{1,4})$/.exec(text) : null
  return found === null ? undefined : [Number(found[1]), Number(found[2])]
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1]
}

import { appendFileSync } from 'node:fs'
import type { StartContext } from '../../model/engine.ts'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { logTail } from '../process/log-tail.ts'
import type { ImageBuild } from './build-context.ts'
import { askEngine, type DockerEngine } from './connect.ts'
import { openDocker } from './http.ts'
import { jsonLines } from './json-lines.ts'
import { socketError } from './socket.ts'

const timeoutMs = 30_000

/**
 * Builds the image of a Dockerfile, unless one of the same bytes is there; what it says goes into the engine's log. Throws
 * `image-build-failed` with its last words, and `interrupted`.
 */
export async function ensureBuiltImage(
  engine: DockerEngine,
  build: ImageBuild,
  { logFile, progress, secrets = [], signal }: StartContext,
): Promise<void> {
  const isThere = async () =>
    (await askEngine(engine, { method: 'GET', path: `/images/${build.tag}/json`, timeoutMs })).status === 200
  if (await isThere()) return
  progress(`building the image ${build.tag} from ${build.folder}/${build.file}`)
  const query = `t=${encodeURIComponent(build.tag)}&dockerfile=${encodeURIComponent(build.file)}&rm=1&forcerm=1`
  let refused: string | undefined
  try {
    const response = await openDocker(engine.socketPath, {
      method: 'POST',
      path: `${engine.prefix}/build?${query}`,
      tar: build.context(),
      ...(signal && { signal }),
    }).catch((cause: unknown) => {
      throw signal?.aborted ? cause : socketError(engine.socketPath, cause)
    })
    for await (const { stream, error, message } of jsonLines(response)) {
      if (typeof stream === 'string') appendFileSync(logFile, stream)
      const said = error ?? (response.statusCode === 200 ? undefined : message)
      if (typeof said === 'string') refused ??= said.slice(0, 500)
    }
  } catch (cause) {
    if (signal?.aborted) {
      throw new AssayError('interrupted', `Interrupted while the image ${build.tag} was built.`, {
        exitCode: exitCodes.interrupted,
      })
    }
    if (cause instanceof AssayError) throw cause
    refused ??= messageOf(cause)
  }
  if (refused === undefined && (await isThere())) return
  const tail = logTail(logFile, secrets)
  const why = `The image of ${build.folder}/${build.file} could not be built: ${refused ?? 'it ended, but the image is not there'}`
  throw new AssayError('image-build-failed', tail === '' ? why : `${why}\nIts last words:\n${tail}`, {
    hint: `Try it by hand: docker build -f ${build.file} ${build.folder}.`,
    exitCode: exitCodes.target,
  })
}

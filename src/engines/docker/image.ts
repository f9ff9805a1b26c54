import type { Container } from '../../model/container.ts'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { askEngine, type DockerEngine } from './connect.ts'
import { openDocker } from './http.ts'
import { imageName, imageReference } from './image-name.ts'
import { jsonLines } from './json-lines.ts'
import { PullProgress } from './pull-progress.ts'
import { socketError } from './socket.ts'

/** An image that the engine has. */
export interface PresentImage {
  /** What a container is made from: by digest where one is known. */
  readonly reference: string
  /** Absent for images that were built here and never pushed. */
  readonly digest?: string
  readonly id?: string
}

export interface ImageContext {
  progress(message: string): void
  readonly signal?: AbortSignal
}

const timeoutMs = 30_000

/**
 * The image of a container, pulled when it is absent. Throws `image-missing`, `image-pull-failed`, `image-digest` and
 * `interrupted`.
 */
export async function ensureImage(
  engine: DockerEngine,
  { image, digest }: Pick<Container, 'image' | 'digest'>,
  { progress, signal }: ImageContext,
): Promise<PresentImage> {
  if (!/^[a-z0-9][\w./:@-]*$/i.test(image)) {
    throw new AssayError('bad-image', `"${image}" is no name of an image.`, {
      hint: 'For example vllm/vllm-openai:v0.11.0.',
    })
  }
  const wanted = digest ?? imageName(image).digest
  const reference = imageReference(image, digest)
  const here = await inspect(engine, reference)
  if (here !== undefined && (wanted === undefined || here.digests.includes(wanted))) {
    return present(reference, wanted, here)
  }
  const cut = await pull(engine, image, reference, { progress, ...(signal && { signal }) })
  const found = await inspect(engine, reference)
  if (found === undefined) throw pullFailed(image, cut ?? 'it ended, but the image is not there')
  if (wanted !== undefined && !found.digests.includes(wanted)) {
    throw new AssayError(
      'image-digest',
      `The image ${image} is not the one that was asked for: its digest is ${found.digests.join(', ') || 'unknown'}, not ${wanted}.`,
      {
        hint: 'Give the digest of the image that you mean; a registry that changes what a digest stands for is not to be trusted.',
        exitCode: exitCodes.target,
      },
    )
  }
  return present(reference, wanted, found)
}

interface Inspected {
  readonly id?: string
  readonly digests: readonly string[]
}

function present(reference: string, wanted: string | undefined, { id, digests }: Inspected): PresentImage {
  const digest = wanted ?? digests[0]
  return { reference, ...(digest === undefined ? {} : { digest }), ...(id === undefined ? {} : { id }) }
}

async function inspect(engine: DockerEngine, reference: string): Promise<Inspected | undefined> {
  const reply = await askEngine(engine, { method: 'GET', path: `/images/${reference}/json`, timeoutMs })
  if (reply.status === 404) return undefined
  if (reply.status !== 200) {
    throw new AssayError('docker-refused', `Docker says of the image ${reference}: ${reply.message}`, {
      exitCode: exitCodes.target,
    })
  }
  const { Id, RepoDigests } = (reply.json ?? {}) as { readonly Id?: unknown; readonly RepoDigests?: unknown }
  const digests = (Array.isArray(RepoDigests) ? RepoDigests : []).flatMap((one) =>
    typeof one === 'string' && one.includes('@') ? [one.slice(one.lastIndexOf('@') + 1)] : [],
  )
  return { ...(typeof Id === 'string' ? { id: Id } : {}), digests }
}

/** Gives why the pull was cut short; `undefined` when it went to its end. */
async function pull(
  engine: DockerEngine,
  image: string,
  reference: string,
  { progress, signal }: ImageContext,
): Promise<string | undefined> {
  const { repository, tag } = imageName(image)
  const exact = reference.includes('@') ? reference.slice(reference.indexOf('@') + 1) : tag
  const query = `fromImage=${encodeURIComponent(repository)}&tag=${encodeURIComponent(exact)}`
  progress(`pulling the image ${image}`)
  const ask = {
    method: 'POST',
    path: `${engine.prefix}/images/create?${query}`,
    ...(signal && { signal }),
  } as const
  const response = await openDocker(engine.socketPath, ask).catch((cause: unknown) => {
    throw signal?.aborted ? interrupted(image) : socketError(engine.socketPath, cause)
  })
  const seen = new PullProgress()
  let refused: string | undefined
  try {
    for await (const line of jsonLines(response)) {
      const said = line.error ?? (response.statusCode === 200 ? undefined : line.message)
      if (typeof said === 'string') refused ??= said.slice(0, 500)
      const news = seen.see(line)
      if (news !== undefined) progress(`pulling the image ${image}: ${news}`)
    }
  } catch (cause) {
    if (signal?.aborted) throw interrupted(image)
    // What has come so far may still be whole: the caller looks.
    return messageOf(cause)
  }
  if (signal?.aborted) throw interrupted(image)
  if (response.statusCode === 404) {
    throw new AssayError('image-missing', `There is no image ${image}: ${refused ?? 'not found'}`, {
      hint: 'Check its name and tag. For one that needs a login: docker login, then docker pull it by hand once.',
      exitCode: exitCodes.target,
    })
  }
  if (refused !== undefined || response.statusCode !== 200) {
    throw pullFailed(image, refused ?? `Docker answers with status ${response.statusCode}`)
  }
  return response.complete ? undefined : 'the connection was cut'
}

function pullFailed(image: string, why: string): AssayError {
  return new AssayError('image-pull-failed', `The image ${image} could not be pulled: ${why}.`, {
    hint: `Try it by hand: docker pull ${image}. What has come already is not pulled again.`,
    exitCode: exitCodes.target,
  })
}

function interrupted(image: string): AssayError {
  return new AssayError('interrupted', `Interrupted while the image ${image} was pulled.`, {
    exitCode: exitCodes.interrupted,
  })
}

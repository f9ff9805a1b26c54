import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { type GgufModel, ggufBytes, ggufChunks } from './gguf/gguf.ts'

/** A model file that can be made at will. */
export interface CachedModel {
  /** Without extension; holds whatever its bytes depend on. */
  readonly fileName: string
  /** What a whole file must have; absent: its size decides. */
  readonly sha256?: string
  build(): GgufModel
}

/** How files are made: `progress` is told before a build; `signal` ends one and removes what it wrote. */
export interface BuildContext {
  readonly folder: string
  progress(message: string): void
  readonly signal?: AbortSignal
}

/**
 * Path of the model's file, made first when it is absent or damaged. Written beside its place and renamed, so that
 * others see it whole or not at all; two processes that make it at once both succeed.
 * Throws `model-cache` when the folder cannot be written or the disk is too full.
 */
export async function ensureModel(model: CachedModel, context: BuildContext): Promise<string> {
  const path = join(context.folder, `${model.fileName}.gguf`)
  const found = await sizeOf(path)
  // The hash comes before the build, which costs more than reading a small file.
  if (found !== undefined && model.sha256 !== undefined && (await sha256Of(path)) === model.sha256)
    return path
  const built = model.build()
  const bytes = ggufBytes(built)
  if (found === bytes && model.sha256 === undefined) return path
  const why = found === undefined ? 'first use' : 'the cached file is damaged'
  context.progress(`building the model ${model.fileName} (${megabytes(bytes)}; ${why})`)
  try {
    await mkdir(context.folder, { recursive: true })
    await checkSpace(context.folder, bytes)
    await writeWhole(path, built, context.signal)
  } catch (error) {
    if (error instanceof AssayError || context.signal?.aborted) throw error
    throw new AssayError('model-cache', `The model cannot be written to ${path}: ${messageOf(error)}`, {
      hint: 'Set ASSAY_CACHE to a folder that can be written.',
      exitCode: exitCodes.storage,
      cause: error,
    })
  }
  return path
}

/** Hex SHA-256 of a file. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

async function writeWhole(path: string, model: GgufModel, signal: AbortSignal | undefined): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      for (const chunk of ggufChunks(model)) {
        signal?.throwIfAborted()
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path).catch(async (error: unknown) => {
      // Windows does not replace a file that another process has open: that process built the same one.
      if ((await sizeOf(path)) !== ggufBytes(model)) throw error
      await rm(temporary, { force: true })
    })
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= bytes) return
  throw new AssayError(
    'model-cache',
    `The model needs ${megabytes(bytes)}, but ${folder} has ${megabytes(bavail * bsize)} left.`,
    { hint: 'Free some space, or set ASSAY_CACHE to a folder on another disk.', exitCode: exitCodes.storage },
  )
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (stats) => stats.size,
    () => undefined,
  )
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`
}

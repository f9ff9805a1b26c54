import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AssayError, exitCodes } from '../../model/errors.ts'
import { bigramFileName, bigramModel, bigramSha256 } from './bigram/model.ts'
import { type BuildContext, ensureModel, sha256Of } from './cache.ts'
import type { ModelChoice } from './options.ts'
import { randomModel, randomModelVersion } from './shapes/random-model.ts'
import { shapes } from './shapes/shapes.ts'

/** A model file that is there, and what must be said about it. */
export interface ModelFile {
  readonly path: string
  /** The name the server lists. */
  readonly name: string
  /** For people: where the weights come from. */
  readonly origin: string
  readonly notices: readonly string[]
  readonly bytes: number
  /** Hex SHA-256; absent for files above 2 GiB, which would take long to read. */
  readonly sha256?: string
}

const hashLimitBytes = 2 ** 31

/**
 * Finds the chosen model's file, and makes the ones Assay makes itself.
 * Throws `model-missing` for a file that is not there, `model-cache` when one cannot be written.
 */
export async function modelFile(choice: ModelChoice, context: BuildContext): Promise<ModelFile> {
  switch (choice.kind) {
    case 'bigram': {
      const path = await ensureModel(
        { fileName: bigramFileName, sha256: bigramSha256, build: bigramModel },
        inModels(context),
      )
      const notices = [
        'generated bigram model: the computation is real, the text is only made to look like English',
      ]
      return {
        ...(await describe(path, 'assay-bigram', 'generated bigram model', notices)),
        sha256: bigramSha256,
      }
    }
    case 'shape': {
      const name = `random-${choice.name}`
      const build = () => randomModel(shapes[choice.name], name)
      // The sizes a file was made with are part of its name, so that a corrected shape makes a new file.
      const version = createHash('sha256')
        .update(JSON.stringify(shapes[choice.name]))
        .digest('hex')
        .slice(0, 8)
      const fileName = `${name}-v${randomModelVersion}-${version}`
      const path = await ensureModel({ fileName, build }, inModels(context))
      const origin = `random weights of the shape ${choice.name}`
      return withHash(await describe(path, name, origin, ['random weights: speed is real, text is noise']))
    }
    case 'file':
      return withHash(await describe(choice.path, basename(choice.path).replace(/\.gguf$/i, ''), 'file', []))
  }
}

function inModels(context: BuildContext): BuildContext {
  return { ...context, folder: join(context.folder, 'models') }
}

async function describe(path: string, name: string, origin: string, notices: string[]): Promise<ModelFile> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw new AssayError('model-missing', `There is no model file ${path}.`, {
      hint: 'Give the path of a GGUF file, or leave "gguf" out to use the generated model.',
      exitCode: exitCodes.target,
      cause,
    })
  })
  return { path, name, origin, notices, bytes: stats.size }
}

async function withHash(file: ModelFile): Promise<ModelFile> {
  return file.bytes > hashLimitBytes ? file : { ...file, sha256: await sha256Of(file.path) }
}

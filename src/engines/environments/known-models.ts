import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import { bigramFileName } from '../embedded/bigram/model.ts'
import { modelFile } from '../embedded/models.ts'
import { type KnownModel, knownModels, type Recipe } from '../recipe.ts'
import { environmentFolder } from './paths.ts'

/** A model that a name stands for. */
export interface ModelOnDisk {
  readonly path: string
  /** What every report must say of it. */
  readonly notice?: string
  /** Makes it where that takes no download; else throws `model-missing` with what to do. */
  ensure(progress: (message: string) => void): Promise<void>
}

/** Where the model gemma-3-270m lies. */
export function gemmaPath(): string {
  return join(cacheFolder(), 'models', 'gemma-3-270m.gguf')
}

/** Where the generated Llama of an environment lies. */
export function tinyPath(environment: string): string {
  return join(environment, 'models', 'tiny')
}

/** The model that an option names, when it is one that Assay knows for this recipe; else `undefined`: the option is a path or name. */
export function resolveModel(recipe: Recipe, model: string | undefined): ModelOnDisk | undefined {
  const name = knownModels.find((known) => known === model)
  if (name === undefined || !recipe.models.includes(name)) return undefined
  return onDisk(recipe, name)
}

function onDisk({ name: engine, environment }: Recipe, model: KnownModel): ModelOnDisk {
  switch (model) {
    case 'assay-bigram':
      return {
        path: join(cacheFolder(), 'models', `${bigramFileName}.gguf`),
        notice: 'generated bigram model: the computation is real, the text is only made to look like English',
        async ensure(progress) {
          await modelFile({ kind: 'bigram' }, { folder: cacheFolder(), progress })
        },
      }
    case 'gemma-3-270m':
      return { path: gemmaPath(), ensure: async () => present(gemmaPath(), 'xllamacpp --model gemma-3-270m') }
    case 'tiny': {
      const path = tinyPath(environment === undefined ? cacheFolder() : environmentFolder(environment))
      const notice = 'tiny: a generated model of random weights: speed says nothing, text is noise'
      return { path, notice, ensure: async () => present(path, engine) }
    }
    default:
      return model satisfies never
  }
}

function present(path: string, setup: string): void {
  if (existsSync(path)) return
  throw new AssayError('model-missing', `The model is not there: ${path}`, {
    hint: `Get it with: assay engines setup ${setup}.`,
    exitCode: exitCodes.target,
  })
}

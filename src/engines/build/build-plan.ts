import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import type { LaunchOptions } from '../launch-options.ts'
import { placeIn } from '../process/places.ts'
import type { Build, Recipe } from '../recipe.ts'

/** What is to be made, and where. */
export interface BuildPlan {
  readonly build: Build
  /** Below the cache folder; its name changes with whatever the build depends on. */
  readonly folder: string
  readonly logFile: string
}

const maxModelFiles = 1000

/** The build of a recipe under these options; `undefined` where there is none. `options.model` is a path or name by now. */
export function plannedBuild(recipe: Recipe, options: LaunchOptions): BuildPlan | undefined {
  const blank = recipe.build?.(options, placeIn('FOLDER', recipe, options, [], 0))
  if (recipe.build === undefined || blank === undefined) return undefined
  const hash = createHash('sha256')
    .update(JSON.stringify([recipe.name, blank, modelIdentity(options.model ?? '')]))
    .digest('hex')
    .slice(0, 12)
  const folder = join(cacheFolder(), 'builds', `${recipe.name}-${hash}`)
  const build = recipe.build(options, placeIn(folder, recipe, options, [], 0))
  return build === undefined ? undefined : { build, folder, logFile: `${folder}.log` }
}

/** What tells a model from another: of a folder, its config and the names, sizes and times of its files. */
export function modelIdentity(model: string): readonly string[] {
  try {
    const stats = statSync(model)
    if (!stats.isDirectory()) return [model, identityOf(model)]
    const names = readdirSync(model).sort().slice(0, maxModelFiles)
    return [model, configHash(model), ...names.map((name) => `${name} ${identityOf(join(model, name))}`)]
  } catch {
    // A name that is looked up elsewhere.
    return [model]
  }
}

function identityOf(path: string): string {
  const { size, mtimeMs } = statSync(path)
  return `${size} ${Math.round(mtimeMs)}`
}

function configHash(folder: string): string {
  try {
    return createHash('sha256')
      .update(readFileSync(join(folder, 'config.json')))
      .digest('hex')
  } catch {
    return ''
  }
}

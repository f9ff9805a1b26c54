import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import { environmentPython, scriptPath } from '../environments/paths.ts'
import { gpusOfReplica } from '../gpus-of-replica.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Place, PortUse, Recipe } from '../recipe.ts'

/** What a recipe listens for; the first is the one that it is ready on. */
export function portUses({ ports }: Recipe): readonly PortUse[] {
  return ports ?? ['http']
}

/** The Python a recipe's command begins with, whether or not it is there. */
export function pythonOf(recipe: Recipe, options: LaunchOptions): string {
  if (options.python !== undefined) return options.python
  return recipe.environment === undefined ? 'python3' : environmentPython(recipe.environment)
}

/**
 * Where each replica runs. `ports`: those of all replicas in a row, empty while they are not chosen; `buildFolder`: what
 * was made before the start, which all replicas share.
 */
export function placesOf(
  recipe: Recipe,
  options: LaunchOptions,
  ports: readonly number[],
  buildFolder?: string,
): readonly Place[] {
  return Array.from({ length: options.replicas ?? 1 }, (_, index) => {
    const place = placeIn('FOLDER', recipe, options, ports, index)
    return { ...place, folder: buildFolder ?? launchFolder(recipe, options, place, index) }
  })
}

/** A place whose folder is not known yet. */
export function placeIn(
  folder: string,
  recipe: Recipe,
  options: LaunchOptions,
  ports: readonly number[],
  index: number,
): Place {
  const uses = portUses(recipe)
  const byUse = Object.fromEntries(
    uses.map((use, i) => {
      const at = index * uses.length + i
      return [use, ports[at] ?? (options.port === undefined ? 'PORT' : options.port + at)]
    }),
  ) as NonNullable<Place['ports']>
  const gpus = gpusOfReplica(options, index)
  return {
    port: byUse.http ?? byUse[uses[0] ?? 'http'] ?? 'PORT',
    ports: byUse,
    ...(gpus === undefined ? {} : { gpus }),
    folder,
    python: pythonOf(recipe, options),
    script: scriptPath,
  }
}

/** Named after the texts that lie in it: whoever starts the same finds the same, and a line of a report can be run again. */
function launchFolder(recipe: Recipe, options: LaunchOptions, place: Place, index: number): string {
  const files = recipe.files?.(options, place) ?? []
  const hash = createHash('sha256')
    .update(JSON.stringify([options, files]))
    .digest('hex')
    .slice(0, 12)
  return join(cacheFolder(), 'launches', `${recipe.name}-${hash}`, String(index))
}

import { join } from 'node:path'
import type { EngineOptions } from '../../model/engine.ts'
import { plannedBuild } from '../build/build-plan.ts'
import { isWhole } from '../build/build-record.ts'
import { launchOptions } from '../check-options.ts'
import { imageBuild } from '../docker/build-context.ts'
import { containerOf } from '../docker/copies.ts'
import { dockerLine } from '../docker/docker-line.ts'
import { resolveModel } from '../environments/known-models.ts'
import type { Recipe } from '../recipe.ts'
import { processCommand } from './copies.ts'
import { placesOf } from './places.ts'
import { shellLine } from './shell-line.ts'
import { writeFiles } from './write-files.ts'

/**
 * The shell lines that start the engine without Assay; before them those of a build that has not been made. The text files
 * that they name are written.
 */
export function recipeCommands(recipe: Recipe, given: EngineOptions): readonly string[] {
  const asked = launchOptions(recipe, given)
  const model = resolveModel(recipe, asked.model)
  const options = model === undefined ? asked : { ...asked, model: model.path }
  const plan = plannedBuild(recipe, options)
  const isBuilt = plan === undefined || isWhole(plan.folder)
  const places = placesOf(recipe, options, [], plan?.folder)
  for (const place of isBuilt ? places : []) {
    // The lines name them; they hold no more than what the recipe and the options say.
    const files = recipe.files?.(options, place) ?? []
    if (files.length > 0) writeFiles(place.folder, files)
  }
  return [
    ...(isBuilt ? [] : plan.build.steps).map(({ command }) => shellLine(command)),
    ...(options.runtime === 'docker' && options.dockerfile !== undefined
      ? [buildLine(options.dockerfile)]
      : []),
    ...places.map((place) =>
      options.runtime === 'docker'
        ? dockerLine(containerOf(recipe, options, place))
        : shellLine(processCommand(recipe, options, place)),
    ),
  ]
}

function buildLine(dockerfile: string): string {
  const { tag, folder, file } = imageBuild(dockerfile)
  return shellLine({ words: ['docker', 'build', '-t', tag, '-f', join(folder, file), folder], env: {} })
}

import type { EngineOptions } from '../../model/engine.ts'
import { plannedBuild } from '../build/build-plan.ts'
import { isWhole } from '../build/build-record.ts'
import { launchOptions } from '../check-options.ts'
import { containerOf } from '../docker/copies.ts'
import { dockerLine } from '../docker/docker-line.ts'
import { resolveModel } from '../environments/known-models.ts'
import type { Recipe } from '../recipe.ts'
import { processCommand } from './copies.ts'
import { placesOf } from './places.ts'
import { shellLine } from './shell-line.ts'

/** The shell lines that start the engine without Assay; before them those of a build that has not been made. */
export function recipeCommands(recipe: Recipe, given: EngineOptions): readonly string[] {
  const asked = launchOptions(recipe, given)
  const model = resolveModel(recipe, asked.model)
  const options = model === undefined ? asked : { ...asked, model: model.path }
  const plan = plannedBuild(recipe, options)
  const steps = plan === undefined || isWhole(plan.folder) ? [] : plan.build.steps
  return [
    ...steps.map(({ command }) => shellLine(command)),
    ...placesOf(recipe, options, [], plan?.folder).map((place) =>
      options.runtime === 'docker'
        ? dockerLine(containerOf(recipe, options, place))
        : shellLine(processCommand(recipe, options, place)),
    ),
  ]
}

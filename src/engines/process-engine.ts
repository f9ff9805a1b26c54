import type { Engine } from '../model/engine.ts'
import { launchOptions } from './check-options.ts'
import type { Recipe } from './recipe.ts'

/** An engine that is a program of its own, started as its recipe says. */
export function processEngine(recipe: Recipe): Engine {
  return {
    name: recipe.name,
    summary: recipe.summary,
    dialects: recipe.dialects,
    checkOptions(options) {
      launchOptions(recipe, options)
    },
    async start(options, context) {
      const { launch } = await import('./process/launch.ts')
      return launch(recipe, options, context)
    },
    async commands(options) {
      const { recipeCommands } = await import('./process/recipe-commands.ts')
      return recipeCommands(recipe, options)
    },
  }
}

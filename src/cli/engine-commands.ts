import { setupEmbedded } from '../engines/embedded/setup.ts'
import { setupEngine } from '../engines/environments/setup.ts'
import { loadEngine } from '../engines/index.ts'
import type { KnownModel } from '../engines/recipe.ts'
import { recipeOf } from '../engines/recipes/index.ts'
import { AssayError } from '../model/errors.ts'

/** The shell lines that would start an engine. Throws `no-command` for those that are part of Assay. */
export async function engineCommands(
  name: string,
  options: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const engine = await loadEngine(name)
  engine.checkOptions(options)
  if (engine.commands !== undefined) return engine.commands(options)
  throw new AssayError('no-command', `The engine ${name} is part of Assay: it is no command of its own.`, {
    hint: `Serve it with: assay engines run ${name}.`,
  })
}

/** Installs what an engine needs; gives the folder. */
export async function setup(
  name: string,
  model: KnownModel | undefined,
  progress: (message: string) => void,
): Promise<string> {
  const recipe = await recipeOf(name)
  if (recipe !== undefined) return setupEngine(recipe, model, progress)
  if (name === 'embedded') return setupEmbedded(progress)
  throw new AssayError('setup-unsupported', `The engine ${name} needs no setup.`, {
    hint: `Serve it with: assay engines run ${name}.`,
  })
}

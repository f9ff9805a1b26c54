import { ensureBuild, type WholeBuild } from '../engines/build/ensure-build.ts'
import { launchOptions } from '../engines/check-options.ts'
import { setupEmbedded } from '../engines/embedded/setup.ts'
import { resolveModel } from '../engines/environments/known-models.ts'
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

/** What a build needs of the command line. */
export interface BuildContext {
  progress(message: string): void
  readonly signal: AbortSignal
}

/** Makes what an engine is started from, or finds it. Throws `no-build` for engines that start from the model as it is. */
export async function buildEngine(
  name: string,
  given: Readonly<Record<string, unknown>>,
  { progress, signal }: BuildContext,
): Promise<WholeBuild> {
  const recipe = await recipeOf(name)
  const none = (message: string) =>
    new AssayError('no-build', message, { hint: `Serve it with: assay engines run ${name}.` })
  if (recipe?.build === undefined) throw none(`The engine ${name} is not built: it reads models as they are.`)
  const asked = launchOptions(recipe, given)
  const model = resolveModel(recipe, asked.model)
  await model?.ensure(progress)
  const options = model === undefined ? asked : { ...asked, model: model.path }
  const build = await ensureBuild(recipe, options, { progress, signal })
  if (build === undefined) throw none(`The engine ${name} needs no build with these options.`)
  return build
}

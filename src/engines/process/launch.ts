import type { EngineOptions, RunningEngine, StartContext } from '../../model/engine.ts'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { launchOptions } from '../check-options.ts'
import { resolveModel } from '../environments/known-models.ts'
import { environmentPython, scriptPath } from '../environments/paths.ts'
import { requireEnvironment } from '../environments/require.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Command, Place, Recipe } from '../recipe.ts'
import { host } from '../recipes/words.ts'
import { type Guarded, startGuarded } from './guard.ts'
import { logTail } from './log-tail.ts'
import { choosePorts } from './ports.ts'
import { shellLine } from './shell-line.ts'
import { readSettings, readVersion } from './version.ts'
import { whenReady } from './when-ready.ts'

const defaultPatienceS = 5

/** The Python a recipe's command begins with, whether or not it is there. */
function pythonOf(recipe: Recipe, options: LaunchOptions): string {
  if (options.python !== undefined) return options.python
  return recipe.environment === undefined ? 'python3' : environmentPython(recipe.environment)
}

/** The commands of all replicas; without ports that name stands in their place. */
function commandsOf(recipe: Recipe, options: LaunchOptions, ports: readonly number[]): Command[] {
  const python = pythonOf(recipe, options)
  return Array.from({ length: options.replicas ?? 1 }, (_, i) => {
    const first = options.port
    const port: Place['port'] = ports[i] ?? (first === undefined ? 'PORT' : first + i)
    const { words, env } = recipe.command(options, { port, python, script: scriptPath, folder: '' })
    return { words: options.cores === undefined ? words : ['taskset', '-c', options.cores, ...words], env }
  })
}

/** The shell lines that start the engine without Assay. */
export function recipeCommands(recipe: Recipe, given: EngineOptions): readonly string[] {
  const options = launchOptions(recipe, given)
  const model = resolveModel(recipe, options.model)
  return commandsOf(recipe, model === undefined ? options : { ...options, model: model.path }, []).map(
    (command) => shellLine(command),
  )
}

/** Starts every replica under guard and waits until all answer. Throws what went wrong, with nothing left running. */
export async function launch(
  recipe: Recipe,
  given: EngineOptions,
  context: StartContext,
): Promise<RunningEngine> {
  const asked = launchOptions(recipe, given)
  const secrets = context.secrets ?? []
  if (asked.python === undefined && recipe.environment !== undefined)
    requireEnvironment(recipe.name, recipe.environment)
  const model = resolveModel(recipe, asked.model)
  await model?.ensure(context.progress)
  const options = model === undefined ? asked : { ...asked, model: model.path }
  const ports = await choosePorts(options.replicas ?? 1, options.port)
  const commands = commandsOf(recipe, options, ports)
  const lines = commands.map((command) => shellLine(command, secrets))
  const started: Guarded[] = []
  const stop = async () => {
    const left = (await Promise.all(started.map((guarded) => guarded.stop()))).flat()
    if (left.length > 0) context.progress(`${recipe.name}: processes ${left.join(', ')} would not end`)
  }
  try {
    for (const [i, command] of commands.entries()) {
      context.progress(`starting ${lines[i]}`)
      started.push(await startOne(recipe, command, context))
    }
    const urls = ports.map((port) => `http://${host}:${port}`)
    await Promise.all(started.map((guarded, i) => ready(recipe, options, guarded, urls[i] ?? '', i, context)))
    const version = await readVersion(recipe.version, urls[0] ?? '', pythonOf(recipe, options))
    const said =
      recipe.settingsPath === undefined ? {} : await readSettings(`${urls[0]}${recipe.settingsPath}`)
    return {
      urls,
      dialect: context.dialect ?? recipe.dialects[0] ?? '',
      model: recipe.modelName?.(options) ?? options.model ?? '',
      pids: started.map(({ pid }) => pid),
      engineInfo: {
        engine: recipe.name,
        ...(version === undefined ? {} : { version }),
        ...settings(asked),
        ...said,
        command: lines[0] ?? '',
      },
      notices: [
        ...(model?.notice === undefined ? [] : [model.notice]),
        ...recipe.biases.filter(({ when }) => when === undefined || when(asked)).map(({ text }) => text),
      ],
      commands: lines,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startOne(recipe: Recipe, command: Command, { logFile }: StartContext): Promise<Guarded> {
  try {
    return await startGuarded(command, logFile, (recipe.patienceS ?? defaultPatienceS) * 1000)
  } catch (cause) {
    const [program = ''] = command.words
    throw new AssayError('engine-not-started', `${recipe.name} cannot be started: ${messageOf(cause)}`, {
      hint: `Is ${program} there, and can it be run?`,
      exitCode: exitCodes.target,
      cause,
    })
  }
}

function ready(
  recipe: Recipe,
  options: LaunchOptions,
  guarded: Guarded,
  url: string,
  index: number,
  context: StartContext,
): Promise<void> {
  const { replicas = 1 } = options
  return whenReady(guarded, {
    name: replicas === 1 ? recipe.name : `${recipe.name} (${index + 1} of ${replicas})`,
    url: `${url}${recipe.ready.path}`,
    timeoutS: options.startTimeout ?? recipe.ready.timeoutS,
    signal: context.signal,
    progress: (message) => context.progress(message),
    logTail: () => logTail(context.logFile, context.secrets ?? []),
    logFile: context.logFile,
  })
}

/** The options as facts of the report; what the command line holds anyway is left to it. */
function settings({
  args: _,
  env: __,
  ...options
}: LaunchOptions): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

import type { EngineOptions, RunningEngine, StartContext } from '../../model/engine.ts'
import { AssayError } from '../../model/errors.ts'
import { ensureBuild } from '../build/ensure-build.ts'
import { launchOptions } from '../check-options.ts'
import { resolveModel } from '../environments/known-models.ts'
import { requireEnvironment } from '../environments/require.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Place, Recipe } from '../recipe.ts'
import { host } from '../recipes/words.ts'
import { processCopies } from './copies.ts'
import type { Guarded } from './guard.ts'
import { logTail } from './log-tail.ts'
import { placesOf, portUses, pythonOf } from './places.ts'
import { choosePorts } from './ports.ts'
import { readSettings, readVersion } from './version.ts'
import { whenReady } from './when-ready.ts'
import { writeFiles } from './write-files.ts'

type Facts = Readonly<Record<string, string | number | boolean>>

/**
 * Makes what the engine is built from if need be, starts every replica under guard and waits until all answer. Throws what
 * went wrong, with nothing left running.
 */
export async function launch(
  recipe: Recipe,
  given: EngineOptions,
  context: StartContext,
): Promise<RunningEngine> {
  const asked = launchOptions(recipe, given)
  const inDocker = asked.runtime === 'docker'
  if (!inDocker && asked.python === undefined && recipe.environment !== undefined)
    requireEnvironment(recipe.name, recipe.environment)
  const model = resolveModel(recipe, asked.model)
  await model?.ensure(context.progress)
  const options = model === undefined ? asked : { ...asked, model: model.path }
  const build = await ensureBuild(recipe, options, context)
  const uses = portUses(recipe)
  const ports = await choosePorts((options.replicas ?? 1) * uses.length, options.port)
  const places = placesOf(recipe, options, ports, build?.folder)
  writePlaces(recipe, options, places, inDocker)
  const { copies, facts } = inDocker
    ? await (await import('../docker/prepare.ts')).prepareContainers(recipe, options, places, context)
    : { copies: processCopies(recipe, options, places, context.secrets ?? []), facts: {} }
  const lines = copies.map(({ line }) => line)
  const started: Guarded[] = []
  const stop = async () => {
    const left = (await Promise.all(started.map((guarded) => guarded.stop()))).flat()
    if (left.length > 0) context.progress(`${recipe.name}: ${left.join(', ')} would not end`)
  }
  try {
    for (const copy of copies) {
      context.progress(`starting ${copy.line}`)
      started.push(await copy.start(context.logFile, context.signal))
    }
    const pages = places.map(({ port }) => `http://${host}:${port}`)
    await Promise.all(
      started.map((guarded, i) => ready(recipe, options, guarded, pages[i] ?? '', i, context)),
    )
    const probe = inDocker && recipe.version?.kind === 'package' ? undefined : recipe.version
    const version = await readVersion(probe, pages[0] ?? '', pythonOf(recipe, options))
    const said =
      recipe.settingsPath === undefined ? {} : await readSettings(`${pages[0]}${recipe.settingsPath}`)
    const dialect = context.dialect ?? recipe.dialects[0] ?? ''
    const metricsUrls = places.flatMap((place) =>
      place.ports?.metrics === undefined ? [] : [`http://${host}:${place.ports.metrics}/metrics`],
    )
    return {
      urls: places.map((place, i) => urlOf(dialect, place) ?? pages[i] ?? ''),
      dialect,
      model: recipe.modelName?.(options) ?? options.model ?? '',
      pids: started.flatMap(({ pid }) => pid ?? []),
      engineInfo: {
        engine: recipe.name,
        ...(version === undefined ? {} : { version }),
        ...settings(asked),
        ...facts,
        ...(build === undefined ? {} : { buildSeconds: build.seconds }),
        ...said,
        command: lines[0] ?? '',
      },
      notices: [
        ...(model?.notice === undefined ? [] : [model.notice]),
        ...recipe.biases.filter(({ when }) => when === undefined || when(asked)).map(({ text }) => text),
        ...(build?.notices ?? []),
      ],
      ...(metricsUrls.length === 0 ? {} : { metricsUrls }),
      commands: lines,
      ended: Promise.race(started.map(({ exited }) => exited)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The files that the engine reads; a folder that a container is given exists in any case. */
function writePlaces(
  recipe: Recipe,
  options: LaunchOptions,
  places: readonly Place[],
  inDocker: boolean,
): void {
  const texts = new Map<string, string>()
  for (const place of places) {
    const files = recipe.files?.(options, place) ?? []
    const text = JSON.stringify(files)
    if ((texts.get(place.folder) ?? text) !== text) {
      throw new AssayError(
        'replica-files',
        `The replicas of ${recipe.name} need different files in one folder.`,
        {
          hint: 'Start one replica for each target.',
        },
      )
    }
    texts.set(place.folder, text)
    if (files.length > 0 || inDocker) writeFiles(place.folder, files)
  }
}

/** Where a dialect is spoken that is not HTTP; else `undefined`. */
function urlOf(dialect: string, { ports }: Place): string | undefined {
  return dialect === 'kserve-grpc' && ports?.grpc !== undefined ? `grpc://${host}:${ports.grpc}` : undefined
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
function settings({ args: _, env: __, ...options }: LaunchOptions): Facts {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  ) as Facts
}

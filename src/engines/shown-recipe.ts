import { launchOptions } from './check-options.ts'
import { dockerLine } from './docker/docker-line.ts'
import { gpusOfReplica } from './gpus-of-replica.ts'
import type { LaunchOptions } from './launch-options.ts'
import { processCommand } from './process/copies.ts'
import { shellLine } from './process/shell-line.ts'
import type { Place, PortUse, Recipe, WrittenFile } from './recipe.ts'

const portOf: Readonly<Record<PortUse, number>> = { http: 8000, grpc: 8001, metrics: 8002 }

function placeOf(recipe: Recipe, options: LaunchOptions, index: number): Place {
  const gpus = gpusOfReplica(options, index)
  const uses = recipe.ports ?? ['http']
  return {
    port: portOf.http + 10 * index,
    ports: Object.fromEntries(uses.map((use) => [use, portOf[use] + 10 * index])),
    folder: `/launch/${index}`,
    python: options.python ?? '/venv/bin/python',
    script: (file) => `/py/${file}`,
    ...(gpus === undefined ? {} : { gpus }),
  }
}

/** What options make of a recipe, in the order in which it happens. */
export interface Shown {
  /** What is done, and the shell line that does it. */
  readonly lines: readonly (readonly [title: string, line: string])[]
  readonly files: readonly WrittenFile[]
}

/** What options make of a recipe, with stand-ins for what differs between machines. */
export function shownRecipe(recipe: Recipe, given: Readonly<Record<string, unknown>>): Shown {
  const options = launchOptions(recipe, given)
  const places = Array.from({ length: options.replicas ?? 1 }, (_, index) => placeOf(recipe, options, index))
  const [first] = places
  if (first === undefined) throw new Error('no replica')
  const build = recipe.build?.(options, first)
  const steps = (build?.steps ?? []).map(({ name, command }) => [name, shellLine(command)] as const)
  const starts = places.map((place) =>
    options.runtime === 'docker' && recipe.container !== undefined
      ? dockerLine(recipe.container(options, place), [])
      : shellLine(processCommand(recipe, options, place)),
  )
  return {
    lines: [...steps, ...starts.map((line) => ['start', line] as const)],
    files: [...(build?.files ?? []), ...(recipe.files?.(options, first) ?? [])],
  }
}

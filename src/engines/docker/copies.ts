import { randomBytes } from 'node:crypto'
import type { Container } from '../../model/container.ts'
import { AssayError } from '../../model/errors.ts'
import type { LaunchOptions } from '../launch-options.ts'
import { type Copy, patienceMs } from '../process/copies.ts'
import type { Place, Recipe } from '../recipe.ts'
import { imageBuild } from './build-context.ts'
import type { DockerEngine } from './connect.ts'
import { createBody } from './create-body.ts'
import { dockerLine } from './docker-line.ts'
import { startContainer } from './guard.ts'
import type { PresentImage } from './image.ts'

/** The container of one replica. Throws `no-container` for an engine without one. */
export function containerOf(recipe: Recipe, options: LaunchOptions, place: Place): Container {
  if (recipe.container === undefined) {
    throw new AssayError('no-container', `Assay knows no container image of the engine ${recipe.name}.`, {
      hint: 'Leave "runtime" out, or start the container yourself and give its URL.',
    })
  }
  const made = recipe.container(options, place)
  const container = options.dockerfile === undefined ? made : ownImage(made, options.dockerfile)
  return options.cores === undefined || container.cpus !== undefined
    ? container
    : { ...container, cpus: options.cores }
}

/** The same from an image that is built here. */
function ownImage({ digest: _, ...container }: Container, dockerfile: string): Container {
  return { ...container, image: imageBuild(dockerfile).tag }
}

/** Replicas as containers of an image that is there. */
export function containerCopies(
  recipe: Recipe,
  containers: readonly Container[],
  engine: DockerEngine,
  image: PresentImage,
  secrets: readonly string[],
): readonly Copy[] {
  const launchId = randomBytes(4).toString('hex')
  return containers.map((container, index) => ({
    line: dockerLine(container, secrets),
    start(logFile, signal) {
      const labels = { 'assay.run': launchId, 'assay.engine': recipe.name }
      const order = {
        engine,
        name: `assay-${launchId}-${recipe.name}-${index}`,
        body: createBody(container, image.reference, labels),
        patienceMs: patienceMs(recipe),
      }
      return startContainer(order, logFile, signal)
    },
  }))
}

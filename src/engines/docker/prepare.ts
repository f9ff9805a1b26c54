import type { Container } from '../../model/container.ts'
import type { StartContext } from '../../model/engine.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Copy } from '../process/copies.ts'
import type { Place, Recipe } from '../recipe.ts'
import { imageBuild } from './build-context.ts'
import { ensureBuiltImage } from './build-image.ts'
import { connectDocker } from './connect.ts'
import { containerCopies, containerOf } from './copies.ts'
import { ensureImage, type PresentImage } from './image.ts'

/** Replicas that can be started, and what reports say of their image. */
export interface PreparedContainers {
  readonly copies: readonly Copy[]
  readonly facts: { readonly image: string; readonly digest?: string; readonly imageId?: string }
}

/** Finds the Docker engine and has it get or build the image. Throws what keeps it from that. */
export async function prepareContainers(
  recipe: Recipe,
  options: LaunchOptions,
  places: readonly Place[],
  context: StartContext,
): Promise<PreparedContainers> {
  const { progress, signal, secrets = [] } = context
  const containers: readonly Container[] = places.map((place) => containerOf(recipe, options, place))
  const [first] = containers
  if (first === undefined) throw new RangeError('an engine has one replica at least')
  const engine = await connectDocker(process.env, signal)
  if (options.dockerfile !== undefined)
    await ensureBuiltImage(engine, imageBuild(options.dockerfile), context)
  const image = await ensureImage(engine, first, { progress, ...(signal && { signal }) })
  return {
    copies: containerCopies(recipe, containers, engine, image, secrets),
    facts: { image: first.image, ...exactly(image) },
  }
}

/** An image that was never pushed has no digest. */
function exactly({ digest, id }: PresentImage): Omit<PreparedContainers['facts'], 'image'> {
  if (digest !== undefined) return { digest }
  return id === undefined ? {} : { imageId: id }
}

import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Command, Place, Recipe } from '../recipe.ts'
import { type Guarded, startGuarded } from './guard.ts'
import { shellLine } from './shell-line.ts'

/** One replica that can be started, as a process or a container. */
export interface Copy {
  /** Starts the same without Assay, secrets redacted. */
  readonly line: string
  start(logFile: string, signal: AbortSignal | undefined): Promise<Guarded>
}

const defaultPatienceS = 5

/** How long a recipe's engine may take to end. */
export function patienceMs({ patienceS = defaultPatienceS }: Recipe): number {
  return patienceS * 1000
}

/** The command of a replica that is a process. */
export function processCommand(recipe: Recipe, options: LaunchOptions, place: Place): Command {
  const { words, env } = recipe.command(options, place)
  const { gpus } = place
  return {
    words: options.cores === undefined ? words : ['taskset', '-c', options.cores, ...words],
    env: { ...(gpus === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpus.join(',') }), ...env },
  }
}

/** Replicas as processes. */
export function processCopies(
  recipe: Recipe,
  options: LaunchOptions,
  places: readonly Place[],
  secrets: readonly string[],
): readonly Copy[] {
  return places.map((place) => {
    const command = processCommand(recipe, options, place)
    return {
      line: shellLine(command, secrets),
      async start(logFile) {
        try {
          return await startGuarded(command, logFile, patienceMs(recipe))
        } catch (cause) {
          const [program = ''] = command.words
          throw new AssayError(
            'engine-not-started',
            `${recipe.name} cannot be started: ${messageOf(cause)}`,
            {
              hint: `Is ${program} there, and can it be run?`,
              exitCode: exitCodes.target,
              cause,
            },
          )
        }
      },
    }
  })
}

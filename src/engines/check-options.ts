import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { type Batching, type LaunchOptions, type OptionName, optionKinds } from './launch-options.ts'
import type { Recipe } from './recipe.ts'

/** Checks the options of a study or command line. Throws `bad-engine-option` that says what is allowed. */
export function launchOptions(recipe: Recipe, given: Readonly<Record<string, unknown>>): LaunchOptions {
  const names = Object.keys(recipe.options) as OptionName[]
  for (const [name, value] of Object.entries(given)) checkOne(recipe, names, name, value)
  for (const name of recipe.required) {
    if (given[name] === undefined) {
      const { example } = optionKinds[name]
      const known =
        name === 'model' && recipe.models.length > 0 ? ` or one of ${recipe.models.join(', ')}` : ''
      throw bad(
        `The engine ${recipe.name} needs the option "${name}".`,
        `For example ${name}: ${example}${known}.`,
      )
    }
  }
  checkGpus(recipe, given as LaunchOptions)
  return given as LaunchOptions
}

/** GPUs must be enough for every replica, and divide among them. */
function checkGpus({ name }: Recipe, options: LaunchOptions): void {
  const { gpus, replicas = 1, tensorParallel = 1, pipelineParallel = 1, dataParallel = 1 } = options
  if (gpus === undefined) return
  const each = tensorParallel * pipelineParallel * dataParallel
  const needed = each * replicas
  if (gpus.length % replicas === 0 && gpus.length >= needed) return
  const copies = replicas === 1 ? 'it needs' : `${replicas} replicas need`
  throw bad(
    `The engine ${name} cannot be put on ${gpus.length} GPUs: ${copies} ${each === 1 ? 'one each' : `${each} each`}.`,
    gpus.length < needed
      ? `Name ${needed} GPUs, or fewer replicas or parallel devices.`
      : `Name a number of GPUs that ${replicas} replicas can share out evenly.`,
  )
}

function checkOne(recipe: Recipe, names: readonly OptionName[], name: string, value: unknown): void {
  if (!Object.hasOwn(optionKinds, name) || !names.includes(name as OptionName)) {
    const why = recipe.refusals?.[name as OptionName]
    const near = nearest(name, names)
    const hint =
      why ?? (near === undefined || Object.hasOwn(optionKinds, name) ? '' : `Did you mean "${near}"? `)
    throw bad(
      `The engine ${recipe.name} has no option "${name}".`,
      `${hint.trimEnd()} Options: ${names.join(', ')}.`.trimStart(),
    )
  }
  const kind = optionKinds[name as OptionName]
  const shown = JSON.stringify(value) ?? String(value)
  if (!kind.accepts(value))
    throw bad(`"${name}" of the engine ${recipe.name} cannot be ${shown}.`, `Use ${kind.allowed}.`)
  if (name === 'batching' && !recipe.batching.includes(value as Batching)) {
    throw bad(`The engine ${recipe.name} has no batching ${shown}.`, `It has ${recipe.batching.join(', ')}.`)
  }
}

function bad(message: string, hint: string): AssayError {
  return new AssayError('bad-engine-option', message, { hint })
}

import { loadEngine } from './index.ts'
import { type OptionName, optionKinds } from './launch-options.ts'
import type { Recipe } from './recipe.ts'
import { recipeOf } from './recipes/index.ts'

/** How far a recipe has been tried, in words. */
export function verifiedText({ verified }: Recipe): string {
  return verified.kind === 'real'
    ? `verified on the real engine (${verified.version}, ${verified.date})`
    : 'not verified: written after its documentation, never started by us'
}

/** Meaning of an option for this engine: the general one, and what it is here. */
export function optionMeaning({ options, batching }: Recipe, name: OptionName): string {
  const here = options[name] ?? ''
  const general =
    name === 'batching' ? `${batching.join(', ')} (default ${batching[0]})` : optionKinds[name].meaning
  return here === '' ? general : `${general}; here: ${here}`
}

/** What `assay engines show` prints. */
export async function engineText(name: string): Promise<string> {
  const recipe = await recipeOf(name)
  const { summary, dialects } = await loadEngine(name)
  const lines = [
    `${name}: ${summary}`,
    '',
    `dialects: ${dialects.join(', ')} (the first when none is asked for)`,
  ]
  if (recipe === undefined) return `${lines.join('\n')}\n`
  const names = Object.keys(recipe.options) as OptionName[]
  const width = Math.max(...names.map((each) => each.length))
  return `${[
    ...lines,
    `install:  ${recipe.install}`,
    `status:   ${verifiedText(recipe)}`,
    ...(recipe.models.length === 0
      ? []
      : [`models:   ${recipe.models.join(', ')} (to try it, as option model)`]),
    '',
    'options:',
    ...names.map((each) => {
      const needed = recipe.required.includes(each) ? ' (needed)' : ''
      return `  ${each.padEnd(width)}  ${optionMeaning(recipe, each)}${needed}`
    }),
    '',
    'biases:',
    ...recipe.biases.map(({ text }) => `  - ${text}`),
  ].join('\n')}\n`
}

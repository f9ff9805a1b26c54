// What every recipe starts, and the files it writes, under options that say much: one file each in golden/, to be read.
// `npx vitest run -u src/engines/recipes/golden.test.ts` writes them anew.
import { describe, expect, test } from 'vitest'
import { shownRecipe } from '../shown-recipe.ts'
import { exampleOptions } from './examples.ts'
import { recipeOf, recipes } from './index.ts'

test('every recipe that has not been started by us is in the table', async () => {
  const all = await Promise.all(
    Object.keys(recipes).map(async (name) => ({ name, recipe: await recipeOf(name) })),
  )
  const unseen = all.filter(({ recipe }) => recipe?.verified.kind === 'not').map(({ name }) => name)
  expect(unseen.filter((name) => exampleOptions[name] === undefined)).toEqual([])
})

describe.each(Object.entries(exampleOptions))('%s', (name, byCase) => {
  test('starts what its file in golden/ says', async () => {
    const recipe = await recipeOf(name)
    if (recipe === undefined) throw new Error(`no recipe ${name}`)
    const written = new Map<string, string>()
    const texts = Object.entries(byCase).map(([title, options]) => {
      const { lines, files } = shownRecipe(recipe, options)
      // What was there before is not shown again.
      const news = files.filter(({ path, text }) => written.get(path) !== text)
      for (const { path, text } of files) written.set(path, text)
      return [
        `# ${title}`,
        `# ${JSON.stringify(options)}`,
        '',
        ...lines.map(([what, line]) => `${what}:\n  ${line}`),
        ...news.map(({ path, text }) => `${path}:\n${text.replaceAll(/^(?=.)/gm, '  ').trimEnd()}`),
        '',
      ].join('\n')
    })
    await expect(texts.join('\n')).toMatchFileSnapshot(`golden/${name}.txt`)
  })
})

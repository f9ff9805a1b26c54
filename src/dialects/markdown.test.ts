import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dialectNames } from '../model/dialect.ts'
import { dialectsMarkdown } from './markdown.ts'

test('docs/dialects.md is what the table says; if this fails, run npm run docs', async () => {
  const page = readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')
  expect(page === (await dialectsMarkdown()), 'docs/dialects.md is out of date: run npm run docs').toBe(true)
})

test('every dialect has a row and a section', async () => {
  const page = await dialectsMarkdown()
  for (const name of dialectNames) {
    expect(page).toContain(`| [${name}](#${name}) |`)
    expect(page).toContain(`\n## ${name}\n`)
  }
})

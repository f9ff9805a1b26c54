import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { enginePages, enginesMarkdown } from './markdown.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/engines.md and its pages are current: run "npm run docs"', async () => {
  expect(read('engines.md')).toBe(await enginesMarkdown())
  for (const [name, page] of Object.entries(await enginePages()))
    expect(read(`engines/${name}.md`)).toBe(page)
})

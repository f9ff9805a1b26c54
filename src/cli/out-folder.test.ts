import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultOutFolder } from './out-folder.ts'

// Without a zone the text is local time, as the name has it.
const now = '2026-01-03T04:05:06.789'

test.each([
  ['embedded', '2026-01-03T04-05-06-embedded'],
  ['127.0.0.1:8000', '2026-01-03T04-05-06-127-0-0-1-8000'],
  ['Ärger / C:\\CON? ', '2026-01-03T04-05-06-rger-c-con'],
  ['推論', '2026-01-03T04-05-06'],
])('results of %s are in %s', (name, folder) => {
  expect(defaultOutFolder(now, name, () => false)).toBe(join('assay-results', folder))
})

test('a taken name gets a number', () => {
  const first = defaultOutFolder(now, 'a', () => false)
  const taken = [first, `${first}-2`]
  expect(defaultOutFolder(now, 'a', (folder) => taken.includes(folder))).toBe(`${first}-3`)
})

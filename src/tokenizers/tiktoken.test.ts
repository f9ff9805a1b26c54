import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { distPath } from '../model/entry.ts'
import { loadTokenizer } from './index.ts'

test('encodings count as they are known to', async () => {
  const tokenizer = await loadTokenizer('tiktoken:cl100k_base')
  expect(tokenizer.encode('hello world')).toEqual([15339, 1917])
  expect(tokenizer.decode([15339, 1917])).toBe('hello world')
  expect(tokenizer.vocabularySize).toBeGreaterThan(100_000)
  // A special token in a text is a text.
  expect(tokenizer.encode('<|endoftext|>').length).toBeGreaterThan(1)
})

test('a text is decoded by itself, whatever was decoded before', async () => {
  const tokenizer = await loadTokenizer('tiktoken:cl100k_base')
  const half = tokenizer.encode('🎉').slice(0, 1)
  expect(tokenizer.decode(half)).toBe('\uFFFD')
  expect(tokenizer.decode([15339])).toBe('hello')
  expect(tokenizer.decode(tokenizer.encode('naïve 🎉日本'))).toBe('naïve 🎉日本')
  expect(tokenizer.decode([5_000_000])).toBe('\uFFFD')
})

test('an encoding that there is not is told with those that there are', async () => {
  await expect(loadTokenizer('tiktoken:x')).rejects.toMatchObject({
    code: 'tokenizer',
    hint: expect.stringContaining('o200k_base'),
  })
})

test('one encoding alone is loaded', () => {
  const entry = JSON.stringify(pathToFileURL(distPath('tokenizers/index.js')).href)
  const script = `
    const { loadTokenizer } = await import(${entry})
    const before = process.memoryUsage().rss
    await loadTokenizer('tiktoken:r50k_base')
    console.log(Math.round((process.memoryUsage().rss - before) / 1e6))`
  const megabytes = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  )
  // The larger ones take above 100 MB each.
  expect(megabytes).toBeLessThan(90)
})

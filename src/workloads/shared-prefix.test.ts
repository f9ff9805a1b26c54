import { expect, test } from 'vitest'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSource } from '../model/workload-source.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'
import { summarize } from './summary.ts'

/** A token a word. */
const words: Tokenizer = {
  name: 'words',
  encode: (text) => text.split(' ').map((word) => word.length),
  decode: (ids) => ids.map((length) => 'x'.repeat(length)).join(' '),
}
type Shared = Extract<WorkloadSource, { kind: 'shared-prefix' }>
const base: Shared = {
  kind: 'shared-prefix',
  prompt: { kind: 'fixed', tokens: 100 },
  output: { kind: 'fixed', tokens: 8 },
  levels: [{ tokens: 60, pool: 4 }],
  cache: { kind: 'warm' },
}

async function freeze(changes: Partial<Shared> = {}, count = 200) {
  const frozen = await freezeWorkload(
    { name: 'w', source: { ...base, ...changes }, outputMode: 'exact', sampling: {} },
    { seed: 2, count, tokenizer: words },
  )
  const requests = Array.from({ length: frozen.count }, (_, i) => readRequest(frozen, i))
  const texts = requests.map(({ input }) => (input.kind === 'prompt' ? input.text.split(' ') : []))
  return { frozen, requests, texts }
}
const begins = (texts: readonly (readonly string[])[], length: number) =>
  new Set(texts.map((text) => text.slice(0, length).join(' '))).size

test('a pool of beginnings is shared, and nothing after it', async () => {
  const { frozen, texts } = await freeze()
  expect(texts.every((text) => text.length === 100)).toBe(true)
  expect(begins(texts, 60)).toBe(4)
  expect(begins(texts, 63)).toBe(200)
  expect(frozen.cache).toEqual({ contract: { kind: 'warm' }, cachedShare: 0.6, prefixTokens: 240 })
})

test('a tree shares its levels', async () => {
  const levels = [
    { tokens: 20, pool: 2 },
    { tokens: 30, pool: 3 },
  ]
  const { frozen, texts } = await freeze({ levels })
  expect([begins(texts, 20), begins(texts, 50), begins(texts, 53)]).toEqual([2, 6, 200])
  expect(frozen.cache).toMatchObject({ cachedShare: 0.5, prefixTokens: 2 * 20 + 6 * 30 })
})

test('a cold cache finds no beginning twice', async () => {
  const { frozen, texts } = await freeze({ cache: { kind: 'cold' } })
  expect(begins(texts, 3)).toBe(200)
  expect(frozen.cache?.cachedShare).toBe(0)
  expect(summarize(frozen).sharedShare).toBe(0)
})

test.each([
  0.25, 0.5, 0.8,
])('a hit rate of %d is what the prompts share, whatever their lengths', async (share) => {
  const { frozen } = await freeze({
    prompt: { kind: 'uniform', min: 400, max: 900 },
    levels: [{ tokens: 1, pool: 2 }],
    cache: { kind: 'hit-rate', share },
  })
  expect(frozen.cache?.cachedShare).toBeCloseTo(share, 2)
  // Counted from the texts in blocks of 64 characters, first uses not shared: a little below.
  const seen = summarize(frozen).sharedShare
  expect(seen).toBeGreaterThan(share - 0.06)
  expect(seen).toBeLessThanOrEqual(share + 0.02)
})

test('another salt or seed is another cache; the same is the same', async () => {
  const first = (await freeze({ salt: 'monday' })).texts
  expect(first[0]?.[0]).toBe('monday')
  expect((await freeze({ salt: 'tuesday' })).texts[0]?.[0]).toBe('tuesday')
  expect((await freeze({ salt: 'monday' })).texts).toEqual(first)
})

test('a beginning can be the system message', async () => {
  const { requests } = await freeze({ system: true }, 20)
  const systems = requests.map(({ input }) => (input.kind === 'chat' ? input.messages : []))
  expect(systems.every(([system, user]) => system?.role === 'system' && user?.role === 'user')).toBe(true)
  expect(new Set(systems.map(([system]) => system?.content)).size).toBeLessThanOrEqual(4)
})

test('a prompt without room for words of its own is refused', async () => {
  await expect(freeze({ levels: [{ tokens: 100, pool: 1 }] })).rejects.toMatchObject({
    code: 'bad-lengths',
    message: expect.stringContaining(
      'a prompt of 100 tokens has no room for words of its own after 100 shared ones',
    ),
  })
})

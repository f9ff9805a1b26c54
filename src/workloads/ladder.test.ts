import { expect, test } from 'vitest'
import type { Tokenizer } from '../model/tokenizer.ts'
import { ladderSteps } from '../model/workload-source.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'

/** A token a word or mark. */
const words: Tokenizer = {
  name: 'words',
  encode: (text) => (text.match(/\w+|[^\w\s]/g) ?? []).map((word) => word.length),
  decode: (ids) => ids.map((length) => 'x'.repeat(length)).join(' '),
}

async function ladder(style: 'questions' | 'words', count = 70) {
  const source = { kind: 'ladder', steps: ladderSteps, style, output: { kind: 'fixed', tokens: 9 } } as const
  const frozen = await freezeWorkload(
    { name: 'w', source, outputMode: 'up-to', sampling: {} },
    { seed: 1, count, tokenizer: words },
  )
  return { frozen, requests: Array.from({ length: count }, (_, i) => readRequest(frozen, i)) }
}

test('steps come in turn, as whole questions near their lengths, measured and told', async () => {
  const { frozen, requests } = await ladder('questions')
  const lengths = requests.map(({ inputTokens }) => inputTokens?.value ?? 0)
  for (const [step, nominal] of [5, 25, 50, 100, 500, 1000, 2000].entries()) {
    const own = lengths.filter((_, i) => i % 7 === step)
    expect(own.every((length) => Math.abs(length - nominal) <= 15)).toBe(true)
  }
  const said = requests.map(({ input }) => (input.kind === 'chat' ? (input.messages[0]?.content ?? '') : ''))
  expect(said.every((text) => /[.?!:]"?$/.test(text))).toBe(true)
  expect(frozen.notices).toEqual([
    expect.stringMatching(/^Measured lengths of the ladder \(under words\): 5: .*, 2k: /),
  ])
  // Only the shortest can repeat.
  expect(new Set(said.filter((_, i) => i % 7 > 0)).size).toBe(60)
})

test('random words for base models have exactly their lengths', async () => {
  const { requests } = await ladder('words', 14)
  expect(requests.map(({ inputTokens }) => inputTokens?.value)).toEqual([
    5, 25, 50, 100, 500, 1000, 2000, 5, 25, 50, 100, 500, 1000, 2000,
  ])
})

import { expect, test } from 'vitest'
import { failed, record, runData } from '../../test/builders.ts'
import type { CounterGrowth } from '../model/server-kind.ts'
import { serverCounterFindings, serverCountersOf } from './server-counters.ts'

/** Two answered requests: 30 tokens in, 12 out. */
const answered = [record({ index: 0, input: 10, output: 4 }), record({ index: 1, input: 20, output: 8 })]

function judged(records: typeof answered, growth: CounterGrowth | undefined) {
  const data = { ...runData(records), ...(growth === undefined ? {} : { server: growth }) }
  const counters = serverCountersOf(data)
  return { counters, findings: serverCounterFindings(counters) }
}

function grown(requests: number, prompt: number, generated: number): CounterGrowth {
  return {
    kind: 'grown',
    by: { 'requests-finished': requests, 'prompt-tokens': prompt, 'generated-tokens': generated },
  }
}

test('a server without a metrics page is not judged', () => {
  expect(judged(answered, undefined)).toEqual({ counters: [], findings: [] })
})

test('equal counts agree', () => {
  const { counters, findings } = judged(answered, grown(2, 30, 12))
  expect(counters.map(({ counter, state, difference }) => [counter, state, difference])).toEqual([
    ['requests-finished', 'agrees', 0],
    ['prompt-tokens', 'agrees', 0],
    ['generated-tokens', 'agrees', 0],
  ])
  expect(findings).toEqual([])
})

test('one token of twelve too many differs, and the finding says which way', () => {
  const { counters, findings } = judged(answered, grown(2, 30, 13))
  expect(counters.map(({ state }) => state)).toEqual(['agrees', 'agrees', 'differs'])
  expect(findings).toMatchObject([
    {
      code: 'server-counters-differ',
      message: expect.stringContaining('13 generated tokens, Assay 12: 1 more'),
    },
  ])
})

test('tokens within a thousandth agree', () => {
  const long = [record({ input: 100_000, output: 10_000 })]
  const { counters } = judged(long, grown(1, 100_090, 10_011))
  expect(counters.map(({ state }) => state)).toEqual(['agrees', 'agrees', 'differs'])
})

test('another client makes the tokens incomparable and is itself the finding', () => {
  const { counters, findings } = judged(answered, grown(3, 99, 99))
  expect(counters.map(({ state }) => state)).toEqual(['differs', 'not-comparable', 'not-comparable'])
  expect(findings[0]?.advice).toMatch(/Other requests reached the server/)
})

test('a failed request makes nothing comparable', () => {
  const { counters, findings } = judged([...answered, record({ outcome: failed('reset') })], grown(3, 40, 13))
  expect(counters.map(({ state }) => state)).toEqual(['not-comparable', 'not-comparable', 'not-comparable'])
  expect(findings).toEqual([])
})

test('a restart is a finding, a page that did not answer is not', () => {
  expect(judged(answered, { kind: 'restarted' }).findings).toMatchObject([{ code: 'server-restarted' }])
  const { counters, findings } = judged(answered, { kind: 'incomplete' })
  expect(counters).toMatchObject([{ state: 'not-comparable' }])
  expect(findings).toEqual([])
})

test('a server that counts each prompt of a request agrees too', () => {
  const asked = { answers: 4, tokens: 16, mode: 'exact' } as const
  const four = [record({ input: 40, output: 16, asked })]
  expect(judged(four, grown(4, 40, 16)).counters.map(({ state }) => state)).toEqual([
    'agrees',
    'agrees',
    'agrees',
  ])
  expect(judged(four, grown(1, 40, 16)).counters.map(({ state }) => state)).toEqual([
    'agrees',
    'agrees',
    'agrees',
  ])
  expect(judged(four, grown(5, 40, 16)).counters[0]?.state).toBe('differs')
})

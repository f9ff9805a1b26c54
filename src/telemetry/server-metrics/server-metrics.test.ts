import { expect, test } from 'vitest'
import { counterGrowth } from './difference.ts'
import { parseMetrics } from './parse.ts'
import { otherFamilies, readingsOf } from './readings.ts'

const spellings = {
  'prompt-tokens': [['e:prompt_total', 'e:cached_total']],
  'generated-tokens': ['e:new_name_total', 'e:generated_total'],
  'requests-finished': ['e:success_total'],
  running: ['e:running'],
  ttft: ['e:ttft_seconds'],
} as const

test('reads both text formats, and passes over what is neither', () => {
  const page = [
    '# HELP a words',
    '# TYPE a counter',
    'a 3',
    '  b{x="1", y="say \\"hi\\"\\n\\\\",} 2.5 1700000000',
    'c_bucket{le="+Inf"} 7 # {trace="x"} 0.1',
    'd +Inf',
    'e NaN',
    'f',
    'g{x="1" 3',
    '{x="1"} 3',
    'h{__proto__="1"} 1',
    '# EOF',
  ].join('\n')
  expect(parseMetrics(page)).toEqual([
    { name: 'a', labels: {}, value: 3 },
    { name: 'b', labels: { x: '1', y: 'say "hi"\n\\' }, value: 2.5 },
    { name: 'c_bucket', labels: { le: '+Inf' }, value: 7 },
    { name: 'd', labels: {}, value: Number.POSITIVE_INFINITY },
    { name: 'h', labels: {}, value: 1 },
  ])
})

test('a reading adds the series up, of ranks only the first, and names what it was made of', () => {
  const samples = parseMetrics(
    [
      'e:prompt_total{model="a"} 10',
      'e:prompt_total{model="b"} 5',
      'e:cached_total 2',
      'e:generated_total{tp_rank="0"} 8',
      'e:generated_total{tp_rank="1"} 8',
      'e:ttft_seconds_bucket{le="1"} 3',
      'e:ttft_seconds_count 4',
      'e:ttft_seconds_sum 2',
      'e:something_bucket{le="1"} 3',
      'e:something_count 3',
      'other 1',
    ].join('\n'),
  )
  expect(readingsOf(samples, spellings)).toEqual([
    { metric: 'prompt-tokens', names: ['e:prompt_total', 'e:cached_total'], value: 17 },
    { metric: 'generated-tokens', names: ['e:generated_total'], value: 8 },
    { metric: 'ttft', names: ['e:ttft_seconds'], seen: { count: 4, sum: 2 } },
  ])
  expect(otherFamilies(samples, spellings)).toEqual(['e:something', 'other'])
})

const before = parseMetrics('e:prompt_total 10\ne:cached_total 0\ne:running 3\ne:success_total{r="stop"} 2')

test('growth is of counters alone; a labelled series that appears began at 0', () => {
  const after = parseMetrics(
    'e:prompt_total 15\ne:cached_total 1\ne:running 0\ne:success_total{r="stop"} 2\ne:success_total{r="length"} 4\ne:generated_total 9',
  )
  expect(counterGrowth(before, after, spellings)).toEqual({
    kind: 'grown',
    by: { 'prompt-tokens': 6, 'generated-tokens': 9, 'requests-finished': 4 },
  })
})

test('a counter that shrank, or another birth of the same series, is a restart', () => {
  expect(counterGrowth(before, parseMetrics('e:prompt_total 3'), spellings)).toEqual({ kind: 'restarted' })
  const born = (at: number) => parseMetrics(`process_start_time_seconds ${at}\ne:prompt_total ${at}`)
  expect(counterGrowth(born(100), born(200), spellings)).toEqual({ kind: 'restarted' })
  expect(counterGrowth(born(100), born(100), spellings).kind).toBe('grown')
})

import { expect, test } from 'vitest'
import { load, workload } from '../../test/builders.ts'
import { describeLoad, describeWorkload } from './describe.ts'

test.each([
  { init: {}, text: '8 at a time, 200 requests' },
  {
    init: { pacing: { kind: 'poisson', ratePerSecond: 5 }, until: { durationS: 20 } },
    text: 'Poisson 5/s for 20 s',
  },
  {
    init: { pacing: { kind: 'constant', ratePerSecond: 0.5 }, until: { durationS: 20, requests: 9 } },
    text: 'constant 0.5/s, 9 requests or 20 s',
  },
  { init: { pacing: { kind: 'burst', burst: 100 }, until: { requests: 100 } }, text: 'burst of 100' },
  {
    init: { pacing: { kind: 'users', users: 10, rampS: 5 }, until: {} },
    text: '10 users over 5 s',
  },
  {
    init: { pacing: { kind: 'users', users: 10, rampS: 0 }, warmup: { requests: 20 } },
    text: '10 users, 200 requests, after 20 requests of warm-up',
  },
] as const)('a load reads "$text"', ({ init, text }) => {
  expect(describeLoad(load(init))).toBe(text)
})

test.each([
  { init: {}, text: 'synthetic, 128 in / 64 out (exact)' },
  {
    init: {
      source: {
        kind: 'synthetic',
        prompt: { kind: 'uniform', min: 64, max: 256 },
        output: { kind: 'normal', mean: 100, sd: 20, min: 1, max: 200 },
      },
      outputMode: 'up-to',
    },
    text: 'synthetic, 64 to 256 in / up to 100 ± 20 out',
  },
  {
    init: { source: { kind: 'jsonl', path: '/data/my chats.jsonl' } },
    text: 'my chats.jsonl / own output lengths (exact)',
  },
  {
    init: { source: { kind: 'sample', output: { kind: 'fixed', tokens: 32 } }, outputMode: 'up-to' },
    text: 'built-in sample / up to 32 out',
  },
] as const)('a workload reads "$text"', ({ init, text }) => {
  expect(describeWorkload(workload(init))).toBe(text)
})

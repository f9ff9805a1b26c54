import { expect, test } from 'vitest'
import { TruthLog } from './truth-log.ts'

test('tells events of interleaved requests apart, in order', () => {
  const log = new TruthLog()
  const a = log.begin({ requestId: 'a', connection: 0, position: 0, fault: undefined, arrivalNs: 100 })
  const b = log.begin({ requestId: undefined, connection: 1, position: 4, fault: 'cut', arrivalNs: 200 })
  log.headers(a, 110)
  log.headers(a, 999)
  for (const [row, atNs, tokens] of [
    [a, 300, 2],
    [b, 310, 1],
    [a, 320, 0],
    [b, 330, 1],
  ] as const) {
    log.event(row, atNs, 5, tokens)
  }
  log.complete(a)
  expect(log.truth('7')).toEqual({
    epochMonotonicNs: '7',
    unlogged: 0,
    requests: [
      {
        requestId: 'a',
        connection: 0,
        position: 0,
        arrivalNs: 100,
        headersNs: 110,
        eventNs: [300, 320],
        eventTokens: [2, 0],
        tokens: 2,
        complete: true,
      },
      {
        connection: 1,
        position: 4,
        fault: 'cut',
        arrivalNs: 200,
        eventNs: [310, 330],
        tokens: 2,
        complete: false,
      },
    ],
  })
})

test('keeps events beyond its first block', () => {
  const log = new TruthLog()
  const row = log.begin({ requestId: 'a', connection: 0, position: 0, fault: undefined, arrivalNs: 0 })
  const n = 70_000
  for (let i = 0; i < n; i++) log.event(row, i * 3, i, 1)
  const [request] = log.truth('0').requests
  expect(request?.eventNs).toEqual(Array.from({ length: n }, (_, i) => i * 3))
  expect(log.lateness()).toEqual({
    events: n,
    p50Ms: (n / 2 - 1) / 1e6,
    p99Ms: (0.99 * n - 1) / 1e6,
    maxMs: (n - 1) / 1e6,
  })
})

test('without events there is no lateness to state', () => {
  expect(new TruthLog().lateness()).toEqual({ events: 0 })
})

test('says whose each event is when there are several answers', () => {
  const log = new TruthLog()
  const row = log.begin({ requestId: 'a', connection: 0, position: 0, fault: undefined, arrivalNs: 0 })
  for (const answer of [0, 2, 1]) log.event(row, 1, 0, 1, answer)
  expect(log.truth('0').requests[0]?.eventPrompts).toEqual([0, 2, 1])
})

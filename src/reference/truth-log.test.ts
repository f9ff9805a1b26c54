import { expect, test } from 'vitest'
import { TruthLog } from './truth-log.ts'

test('tells events of interleaved requests apart, in order', () => {
  const log = new TruthLog()
  const a = log.begin('a', 0, undefined, 100)
  const b = log.begin(undefined, 1, 'cut', 200)
  log.headers(a, 110)
  log.headers(a, 999)
  for (const [row, atNs] of [
    [a, 300],
    [b, 310],
    [a, 320],
  ] as const) {
    log.event(row, atNs, 5)
    log.tokens(row, 2)
  }
  log.complete(a)
  expect(log.truth('7')).toEqual({
    epochMonotonicNs: '7',
    unlogged: 0,
    requests: [
      {
        requestId: 'a',
        connection: 0,
        arrivalNs: 100,
        headersNs: 110,
        eventNs: [300, 320],
        tokens: 4,
        complete: true,
      },
      { connection: 1, fault: 'cut', arrivalNs: 200, eventNs: [310], tokens: 2, complete: false },
    ],
  })
})

test('keeps events beyond its first block', () => {
  const log = new TruthLog()
  const row = log.begin('a', 0, undefined, 0)
  const n = 70_000
  for (let i = 0; i < n; i++) log.event(row, i * 3, i)
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

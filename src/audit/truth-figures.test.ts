import { expect, test } from 'vitest'
import type { Truth, TruthRequest } from '../model/truth.ts'
import { truthFigures } from './truth-figures.ts'

const ms = 1e6

function request(
  arrivalMs: number,
  eventMs: readonly number[],
  more: Partial<TruthRequest> = {},
): TruthRequest {
  return {
    connection: 0,
    position: 0,
    arrivalNs: arrivalMs * ms,
    eventNs: eventMs.map((at) => at * ms),
    tokens: eventMs.length,
    complete: true,
    ...more,
  }
}

function figuresOf(requests: readonly TruthRequest[], isMeasured = (_: TruthRequest) => true) {
  const truth: Truth = { epochMonotonicNs: '0', requests, unlogged: 0 }
  return truthFigures(truth, isMeasured)
}

test('latencies are of the server’s own instants, gaps of all requests pooled', () => {
  const { figures } = figuresOf([request(0, [50, 70, 100]), request(100, [160, 180, 200])])
  expect(figures).toEqual({
    ttftP50Ms: 55,
    ttftP99Ms: 59.9,
    // 20, 30, 20, 20
    itlP50Ms: 20,
    itlP99Ms: expect.closeTo(29.7, 9),
    // 25 and 20
    tpotP50Ms: 22.5,
    tpotP99Ms: expect.closeTo(24.95, 9),
    e2eP50Ms: 100,
    e2eP99Ms: 100,
    requests: 2,
    outputTokens: 6,
    // From the first arrival to the last event: 200 ms.
    requestsPerSecond: 10,
    outputTokensPerSecond: 30,
  })
})

test('the pace of a reply is per token, not per event', () => {
  const { figures } = figuresOf([request(0, [10, 50], { tokens: 5 })])
  expect(figures.tpotP50Ms).toBe(10)
  expect(figures.itlP50Ms).toBe(40)
})

test('a reply that came whole has an end but no first token', () => {
  const seen = figuresOf([request(0, [90], { tokens: 3 }), request(0, [50, 70])])
  expect(seen).toMatchObject({ completed: 2, notStreamed: 1 })
  expect(seen.figures).toMatchObject({ ttftP50Ms: 50, e2eP99Ms: expect.closeTo(89.8, 9), outputTokens: 5 })
})

test('one token is streamed', () => {
  const seen = figuresOf([request(0, [30])])
  expect(seen.notStreamed).toBe(0)
  expect(seen.figures.ttftP50Ms).toBe(30)
  expect(seen.figures.itlP50Ms).toBeUndefined()
  expect(seen.figures.tpotP50Ms).toBeUndefined()
})

test('replies that did not come to their end are counted and in no latency', () => {
  const seen = figuresOf([
    request(0, [50, 70]),
    request(0, [500], { complete: false }),
    request(0, [], { complete: true }),
  ])
  expect(seen).toMatchObject({ requests: 3, completed: 1, events: 3 })
  expect(seen.figures).toMatchObject({ requests: 1, ttftP99Ms: 50, outputTokens: 2 })
})

test('requests that are not measured are left out of everything', () => {
  const warm = request(0, [400])
  const seen = figuresOf([warm, request(10, [60, 80])], (each) => each !== warm)
  expect(seen).toMatchObject({ requests: 1, leftOut: 1, events: 2, peakOpen: 1 })
  expect(seen.figures.ttftP99Ms).toBe(50)
  expect(seen.arrivalSpreadMs).toBeUndefined()
})

test('arrivals: spread, rate and the variation of their gaps, in whatever order they are logged', () => {
  const even = [0, 20, 10, 30].map((at) => request(at, [at + 1]))
  expect(figuresOf(even)).toMatchObject({ arrivalSpreadMs: 30, arrivalsPerSecond: 100, arrivalGapCv: 0 })
  // Gaps 10 and 30: mean 20, deviation 10.
  const uneven = [0, 10, 40].map((at) => request(at, [at + 1]))
  expect(figuresOf(uneven).arrivalGapCv).toBe(0.5)
  const burst = figuresOf([5, 5, 5].map((at) => request(at, [9])))
  expect(burst.arrivalSpreadMs).toBe(0)
  expect(burst.arrivalsPerSecond).toBeUndefined()
})

test('the peak counts a slot that is freed and taken at one instant once', () => {
  expect(figuresOf([request(0, [10]), request(10, [20]), request(10, [30])]).peakOpen).toBe(2)
  expect(figuresOf([request(0, [10, 100]), request(5, [20]), request(6, [7])]).peakOpen).toBe(3)
})

test('of nothing there are no figures but zeros', () => {
  expect(figuresOf([])).toEqual({
    requests: 0,
    leftOut: 0,
    completed: 0,
    notStreamed: 0,
    events: 0,
    peakOpen: 0,
    figures: { requests: 0, outputTokens: 0 },
  })
})

import { expect, test } from 'vitest'
import { cut, failed, type RecordInit, record } from '../../test/builders.ts'
import type { RequestMetric } from '../model/metric.ts'
import { eventFlags } from '../model/record.ts'
import { connectTime } from './connect-time.ts'
import { e2eLatency } from './e2e-latency.ts'
import { inputTokens } from './input-tokens.ts'
import { itl } from './itl.ts'
import { outputTokens } from './output-tokens.ts'
import { outputTokensPerSecondRequest } from './output-tokens-per-second-request.ts'
import { scheduleDelay } from './schedule-delay.ts'
import { tpot } from './tpot.ts'
import { ttft } from './ttft.ts'

function valuesOf(metric: RequestMetric, init: RecordInit, from: 'sent' | 'intended' = 'sent'): number[] {
  const into: number[] = []
  metric.collect(record(init), from, into)
  return into
}

/** Wanted at 90, taken up at 95, connected at 98, sent at 100; tokens at 150, 160, 160, 190; over at 200 ms. */
const story: RecordInit = {
  intended: 90,
  dispatched: 95,
  connected: 98,
  sent: 100,
  at: [150, 160, 160, 190],
  flags: [1, 1, 1 | eventFlags.coalesced, 1],
  end: 200,
  input: 12,
  output: 5,
}

test.each([
  { metric: ttft, from: 'sent', values: [50] },
  { metric: ttft, from: 'intended', values: [60] },
  { metric: itl, from: 'sent', values: [10, 0, 30] },
  { metric: tpot, from: 'sent', values: [10] },
  { metric: e2eLatency, from: 'sent', values: [100] },
  { metric: e2eLatency, from: 'intended', values: [110] },
  { metric: outputTokensPerSecondRequest, from: 'sent', values: [50] },
  { metric: inputTokens, from: 'sent', values: [12] },
  { metric: outputTokens, from: 'sent', values: [5] },
  { metric: scheduleDelay, from: 'intended', values: [5] },
  { metric: connectTime, from: 'sent', values: [3] },
] as const)('$metric.id from $from of the story is $values', ({ metric, from, values }) => {
  expect(valuesOf(metric, story, from)).toEqual(values)
})

test.each([
  { metric: ttft },
  { metric: itl },
  { metric: tpot },
  { metric: e2eLatency },
  { metric: outputTokensPerSecondRequest },
  { metric: inputTokens },
  { metric: outputTokens },
])('$metric.id has no value of a request that failed or was cut', ({ metric }) => {
  expect(valuesOf(metric, { ...story, outcome: failed('reset') })).toEqual([])
  expect(valuesOf(metric, { ...story, outcome: cut })).toEqual([])
})

test('what the client did is known of failed requests too', () => {
  const init = { ...story, outcome: failed('reset') }
  expect(valuesOf(scheduleDelay, init, 'intended')).toEqual([5])
  expect(valuesOf(connectTime, init)).toEqual([3])
})

test('a dropped arrival has no values at all', () => {
  const init: RecordInit = { intended: 90, outcome: { kind: 'dropped' } }
  const all = [ttft, itl, tpot, e2eLatency, outputTokensPerSecondRequest, inputTokens, outputTokens]
  for (const metric of [...all, scheduleDelay, connectTime]) {
    expect(valuesOf(metric, init, 'intended')).toEqual([])
  }
})

test('the first token may be reasoning, a tool call or a token without text', () => {
  for (const flag of [eventFlags.reasoning, eventFlags.tool, eventFlags.empty]) {
    expect(valuesOf(ttft, { sent: 0, at: [7, 9], flags: [flag, 1], end: 9 })).toEqual([7])
  }
})

test('an event with several tokens ends one gap, which is not divided', () => {
  expect(valuesOf(itl, { sent: 0, at: [10, 40], tokens: [1, 3], end: 40, output: 4 })).toEqual([30])
  expect(valuesOf(tpot, { sent: 0, at: [10, 40], tokens: [1, 3], end: 40, output: 4 })).toEqual([10])
})

test('without a count, tokens are what the events carry', () => {
  const init: RecordInit = { sent: 0, at: [10, 40], tokens: [1, 3], end: 50 }
  expect(valuesOf(outputTokens, init)).toEqual([4])
  expect(valuesOf(tpot, init)).toEqual([10])
})

test('one token, or one event, has no pace', () => {
  expect(valuesOf(tpot, { sent: 0, at: [10, 20], end: 20, output: 1 })).toEqual([])
  expect(valuesOf(tpot, { sent: 0, at: [10], end: 20, output: 64 })).toEqual([])
  expect(valuesOf(itl, { sent: 0, at: [10], end: 20, output: 64 })).toEqual([])
})

test('a reply without events has an end but no first token', () => {
  const init: RecordInit = { sent: 0, end: 20, output: 2 }
  expect(valuesOf(ttft, init)).toEqual([])
  expect(valuesOf(e2eLatency, init)).toEqual([20])
  expect(valuesOf(outputTokensPerSecondRequest, init)).toEqual([100])
})

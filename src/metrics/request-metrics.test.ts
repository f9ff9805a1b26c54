import { expect, test } from 'vitest'
import { cut, failed, type RecordInit, record } from '../../test/builders.ts'
import type { RequestMetric } from '../model/metric.ts'
import { eventFlags } from '../model/record.ts'
import { connectTime } from './connect-time.ts'
import { e2eLatency } from './e2e-latency.ts'
import { inputTokens } from './input-tokens.ts'
import { itl } from './itl.ts'
import { itlToken } from './itl-token.ts'
import { outputTokens } from './output-tokens.ts'
import { outputTokensPerSecondRequest } from './output-tokens-per-second-request.ts'
import { scheduleDelay } from './schedule-delay.ts'
import { tokensPerEvent } from './tokens-per-event.ts'
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
  { metric: itlToken, from: 'sent', values: [10, 0, 30] },
  { metric: tokensPerEvent, from: 'sent', values: [1.25] },
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
  { metric: itlToken },
  { metric: tokensPerEvent },
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

test('the gap of an event is divided among its tokens; the first event and events without a token end none', () => {
  const init: RecordInit = { sent: 0, at: [10, 40, 50, 56], tokens: [2, 3, 0, 1], end: 60, output: 6 }
  expect(valuesOf(itlToken, init)).toEqual([10, 10, 10, 16])
  expect(valuesOf(itl, init)).toEqual([30, 10, 6])
  expect(valuesOf(tokensPerEvent, init)).toEqual([1.5])
})

test.each([
  { name: 'the server counts more than one more', output: 5, finishReason: 'stop', known: false },
  { name: 'the last token has no event', output: 4, finishReason: 'stop', known: true },
  { name: 'a limit ended it, one is missing', output: 4, finishReason: 'max_tokens', known: false },
  { name: 'a limit ended it, none is missing', output: 3, finishReason: 'length', known: true },
  { name: 'the server counts fewer', output: 2, finishReason: 'stop', known: false },
])('tokens of events are believed as they add up: $name', ({ output, finishReason, known }) => {
  const outcome = { kind: 'completed', finishReason } as const
  const init: RecordInit = { sent: 0, at: [10, 20, 30], end: 30, output, outcome }
  expect(valuesOf(itlToken, init)).toEqual(known ? [10, 10] : [])
})

test('events that all carry one token are not taken for tokens when nobody counted', () => {
  const output = (value: number) => ({ value, source: 'events' }) as const
  const ones: RecordInit = { sent: 0, at: [10, 20], end: 30, output: output(2) }
  expect(valuesOf(itlToken, ones)).toEqual([])
  expect(valuesOf(tokensPerEvent, ones)).toEqual([])
  const told: RecordInit = { ...ones, tokens: [1, 2], output: output(3) }
  expect(valuesOf(itlToken, told)).toEqual([5, 5])
  expect(valuesOf(tokensPerEvent, told)).toEqual([1.5])
})

test('a reply in huge pieces has no gaps between tokens, however many a server claims', () => {
  const init: RecordInit = { sent: 0, at: [10, 20], tokens: [1, 512], end: 20, output: 513 }
  expect(valuesOf(itlToken, init)).toEqual([])
  expect(valuesOf(itlToken, { ...init, tokens: [1, 511], output: 512 })).toHaveLength(511)
})

/** Two prompts: 0 at 10, 30, 50 and 1 at 12, 20; the server counts both together. */
const several: RecordInit = {
  sent: 0,
  at: [10, 12, 20, 30, 50],
  prompt: [0, 1, 1, 0, 0],
  tokens: [1, 1, 4, 1, 1],
  end: 60,
  output: 8,
  outcome: { kind: 'completed', finishReasons: ['length', 'length'] },
}

test.each([
  { metric: ttft, values: [10] },
  { metric: itl, values: [8, 20, 20] },
  { metric: itlToken, values: [2, 2, 2, 2, 20, 20] },
  { metric: tpot, values: [20, 2] },
  { metric: tokensPerEvent, values: [1.6] },
  { metric: outputTokens, values: [8] },
  { metric: e2eLatency, values: [60] },
])('$metric.id of a request with two prompts is $values', ({ metric, values }) => {
  expect(valuesOf(metric, several)).toEqual(values)
})

test('without the tokens of each prompt a request with several has no TPOT', () => {
  expect(valuesOf(tpot, { ...several, output: 10 })).toEqual([])
  const outcome = { kind: 'completed', finishReasons: ['stop', 'stop'] } as const
  expect(valuesOf(tpot, { ...several, output: 10, outcome })).toEqual([20, 2])
})

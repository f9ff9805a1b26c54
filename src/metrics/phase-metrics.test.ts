import { expect, test } from 'vitest'
import { cut, failed, record } from '../../test/builders.ts'
import type { PhaseMetric, PhaseWindow } from '../model/metric.ts'
import type { RequestRecord } from '../model/record.ts'
import { errorRate } from './error-rate.ts'
import { inputTokensPerSecondSystem } from './input-tokens-per-second-system.ts'
import { outputTokensPerSecondGpu } from './output-tokens-per-second-gpu.ts'
import { outputTokensPerSecondSystem } from './output-tokens-per-second-system.ts'
import { requestsPerSecond } from './requests-per-second.ts'
import { totalTokensPerSecondSystem } from './total-tokens-per-second-system.ts'

/** From 1 s to 3 s. */
const window: PhaseWindow = { startNs: 1e9, endNs: 3e9 }

const warm = record({ phase: 0, sent: 500, at: [600, 900, 1100, 1400], end: 1500, input: 10, output: 8 })
const inside = record({ sent: 1000, at: [1200, 1300], end: 1400, input: 20, output: 2 })
const late = record({
  sent: 2500,
  at: [2700, 2900, 3100],
  tokens: [1, 2, 1],
  end: 3200,
  input: 30,
  output: 4,
})
const cutOff = record({ sent: 2600, at: [2800, 3300], end: 3400, input: 40, outcome: cut })
const broken = record({
  sent: 1000,
  at: [1100, 1200],
  end: 1300,
  input: 50,
  output: 2,
  outcome: failed('reset'),
})
const dropped = record({ intended: 1500, outcome: { kind: 'dropped' } })
const all = [warm, inside, late, cutOff, broken, dropped]

function rate(metric: PhaseMetric, records: readonly RequestRecord[] = all, gpus?: number) {
  return metric.value(records, window, gpus)
}

test('requests/s counts completions inside the window, whatever phase began them', () => {
  // The warm-up's (1.5 s) and the one inside; the late one ends after the window.
  expect(rate(requestsPerSecond)).toEqual({ value: 1, n: 2 })
})

test('output tokens/s counts the share of tokens inside, of completed and cut requests', () => {
  // 8 × 2/4 of the warm-up + 2 + 4 × 3/4 of the late one + 1 of the cut one = 10 in 2 s; the failed one gives none.
  expect(rate(outputTokensPerSecondSystem)).toEqual({ value: 5, n: 4 })
})

test('input tokens/s counts a prompt whole at its first token', () => {
  // 20 + 30 + 40; the warm-up's first token came before the window.
  expect(rate(inputTokensPerSecondSystem)).toEqual({ value: 45, n: 3 })
})

test('total tokens/s is the sum of both, over the requests that had a part in either', () => {
  expect(rate(totalTokensPerSecondSystem)).toEqual({ value: 50, n: 4 })
})

test('per GPU divides by the declared GPUs, and is absent when none are declared', () => {
  expect(rate(outputTokensPerSecondGpu, all, 4)).toEqual({ value: 1.25, n: 4 })
  expect(rate(outputTokensPerSecondGpu)).toBeUndefined()
})

test('the error rate is failed and dropped over planned of the measured phase', () => {
  expect(rate(errorRate)).toEqual({ value: 0.4, n: 5 })
  expect(rate(errorRate, [warm])).toBeUndefined()
})

test('a reply without events counts at its end', () => {
  const whole = record({ sent: 500, end: 2000, input: 6, output: 4 })
  expect(rate(outputTokensPerSecondSystem, [whole])).toEqual({ value: 2, n: 1 })
  expect(rate(inputTokensPerSecondSystem, [whole])).toEqual({ value: 3, n: 1 })
})

test('nothing served is a rate of zero; nothing counted is no rate', () => {
  expect(rate(requestsPerSecond, [broken])).toEqual({ value: 0, n: 0 })
  expect(rate(outputTokensPerSecondSystem, [broken])).toEqual({ value: 0, n: 0 })
  const uncounted = record({ sent: 1000, end: 1500 })
  expect(rate(outputTokensPerSecondSystem, [uncounted])).toBeUndefined()
  expect(rate(inputTokensPerSecondSystem, [uncounted])).toBeUndefined()
  expect(rate(totalTokensPerSecondSystem, [uncounted])).toBeUndefined()
})

test('a window without length has no rates', () => {
  expect(requestsPerSecond.value(all, { startNs: 1e9, endNs: 1e9 }, undefined)).toBeUndefined()
})

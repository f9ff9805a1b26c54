import { describe, expect, test } from 'vitest'
import type { Progress } from '../model/progress.ts'
import { clockText, glance, paceOf } from './progress-pace.ts'

const start: Progress = {
  stage: 'measure',
  elapsedS: 10,
  sent: 0,
  inFlight: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  dropped: 0,
}

describe('share and time left', () => {
  test.each<[what: string, progress: Partial<Progress>, pace: ReturnType<typeof paceOf>]>([
    ['nothing says when it ends', {}, {}],
    ['by time', { durationS: 60, measuredS: 15 }, { share: 0.25, leftS: 45 }],
    ['by time, in the warm-up', { durationS: 60 }, {}],
    ['by time, past the end', { durationS: 60, measuredS: 61 }, { share: 1, leftS: 0 }],
    ['by count, before the first reply', { planned: 100 }, { share: 0 }],
    ['by count', { planned: 100, completed: 25 }, { share: 0.25, leftS: 30 }],
    [
      'every outcome counts',
      { planned: 100, completed: 10, failed: 8, dropped: 7 },
      { share: 0.25, leftS: 30 },
    ],
    [
      'both, time ends first',
      { planned: 100, completed: 10, durationS: 20, measuredS: 10 },
      { share: 0.5, leftS: 10 },
    ],
    [
      'both, count ends first',
      { planned: 100, completed: 50, durationS: 100, measuredS: 10 },
      { share: 0.5, leftS: 10 },
    ],
  ])('%s', (_, progress, pace) => {
    expect(paceOf({ ...start, ...progress })).toEqual(pace)
  })
})

test.each([
  [0, '0:00'],
  [59.9, '0:59'],
  [61, '1:01'],
  [3723, '1:02:03'],
])('%d s is %s', (seconds, text) => {
  expect(clockText(seconds)).toBe(text)
})

test.each([
  [undefined, '–'],
  [0, '0.00'],
  [9.876, '9.88'],
  [45.21, '45.2'],
  [432.1, '432'],
  [12_345.6, '12,346'],
])('%s at a glance is %s', (value, text) => {
  expect(glance(value)).toBe(text)
})

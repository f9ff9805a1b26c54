import { describe, expect, test } from 'vitest'
import type { Progress } from '../model/progress.ts'
import { endLine, isLineDue, progressLine } from './progress-lines.ts'

const progress: Progress = {
  stage: 'measure',
  elapsedS: 12.3,
  measuredS: 10,
  durationS: 40,
  sent: 120,
  inFlight: 8,
  completed: 112,
  failed: 0,
  cancelled: 0,
  dropped: 0,
  requestsPerSecond: 11.2,
  outputTokensPerSecond: 1432,
}

test('a plain line says what is known', () => {
  expect(progressLine(progress)).toBe(
    'measure 25 %: sent 120, in flight 8, done 112, failed 0; 11.2 req/s, 1,432 tok/s; 0:12 elapsed, about 0:30 left',
  )
})

test('the last line has the outcomes', () => {
  expect(endLine({ ...progress, inFlight: 0 })).toBe('112 done, 0 failed in 12.3 s')
  expect(endLine({ ...progress, inFlight: 2, failed: 3, cancelled: 1, elapsedS: 75 })).toBe(
    '2 in flight, 112 done, 3 failed, 1 cancelled in 1:15',
  )
})

describe('another plain line is due', () => {
  const endless = { ...progress }
  delete (endless as { durationS?: number }).durationS
  test.each<[what: string, now: Progress, last: { elapsedS: number; share?: number }, due: boolean]>([
    ['not within 5 s', progress, { elapsedS: 8, share: 0 }, false],
    ['after 5 s with a tenth done', progress, { elapsedS: 7, share: 0.15 }, true],
    ['not after 5 s with less', progress, { elapsedS: 7, share: 0.2 }, false],
    ['after 30 s in any case', { ...progress, elapsedS: 37 }, { elapsedS: 7, share: 0.25 }, true],
    ['after 5 s where no end is known', endless, { elapsedS: 7 }, true],
  ])('%s', (_, now, last, due) => {
    expect(isLineDue(now, last)).toBe(due)
  })
})

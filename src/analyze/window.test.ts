import { expect, test } from 'vitest'
import { record, run } from '../../test/builders.ts'
import { measuredWindow } from './window.ts'

const records = [
  record({ phase: 0, sent: 0, end: 900 }),
  record({ sent: 1200, end: 1900 }),
  record({ sent: 1000, end: 2500 }),
  record({ intended: 1100, outcome: { kind: 'dropped' } }),
]
const timed = { phases: [{ name: 'measure', startNs: 0.9e9, stopNs: 2e9 }] }

test('a window begins with the first send of its phase and ends with its last record', () => {
  expect(measuredWindow(run(), records)).toEqual({ startNs: 1e9, endNs: 2.5e9 })
})

test('the schedule says when a window begins, and time that was up ends it', () => {
  expect(measuredWindow(run(timed), records)).toEqual({ startNs: 0.9e9, endNs: 2e9 })
})

test('a run that ended early does not get the time it had planned', () => {
  const late = { ...timed, phases: [{ name: 'measure', stopNs: 60e9 }] }
  expect(measuredWindow(run({ ...late, ended: 'interrupted' }), records)).toEqual({
    startNs: 1e9,
    endNs: 2.5e9,
  })
  expect(measuredWindow(run(late), records)).toEqual({ startNs: 1e9, endNs: 60e9 })
})

test('when nothing could be sent the window begins with the first attempt', () => {
  const refused = [record({ dispatched: 300, end: 400 }), record({ dispatched: 200, end: 250 })]
  expect(measuredWindow(run(), refused)).toEqual({ startNs: 0.2e9, endNs: 0.4e9 })
})

test('a phase that did nothing has no window', () => {
  expect(measuredWindow(run(), [record({ phase: 0, sent: 0, end: 900 })])).toBeUndefined()
})

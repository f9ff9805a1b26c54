import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cell, failed, load, record, runData } from '../../test/builders.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Run } from '../model/run.ts'
import { ledgersOf } from './ledger.ts'
import { measureRun } from './measure.ts'
import { resultsOf } from './results.ts'

const open = cell({ load: load({ pacing: { kind: 'poisson', ratePerSecond: 10 } }) })

function ledgers(...runs: readonly (readonly [records: readonly RequestRecord[], init?: Partial<Run>])[]) {
  return ledgersOf(resultsOf(runs.map(([records, init]) => measureRun(runData(records, init)))))
}

const fresh = record({ intended: 0, dispatched: 2, connected: 12, sent: 13, at: [33, 83], end: 93 })
const reused = record({ intended: 50, dispatched: 52, sent: 53, at: [63, 83], end: 85 })
const whole = record({ intended: 60, dispatched: 61, sent: 62, end: 82 })

test('the mean of a step is spread over all requests, so that the means add up', () => {
  // End to end 93, 35 and 22: 50 on average. Nobody stamped heads: their time is in the step after them.
  const [ledger, ...others] = ledgers([[fresh, reused, whole], { cell: open }])
  expect(others).toEqual([])
  expect(ledger).toMatchObject({
    target: 'local',
    workload: 'short-chat',
    load: 'steady',
    requests: 3,
    meanMs: 50,
  })
  expect(ledger?.steps.map(({ step, n, meanMs }) => [step, n, Number((meanMs * 3).toFixed(9))])).toEqual([
    ['client-wait', 3, 2 + 2 + 1],
    ['connect', 1, 10],
    ['send', 3, 1 + 1 + 1],
    ['first-token', 2, 20 + 10],
    ['decode', 2, 50 + 20],
    ['tail', 3, 10 + 2 + 20],
  ])
  expect(ledger?.steps[4]?.share).toBeCloseTo(70 / 150, 12)
})

test('repeats are one ledger; failed requests and the warm-up have no part in it', () => {
  const again = [
    record({ ...{ dispatched: 0, sent: 1, end: 31 } }),
    record({ sent: 0, end: 9, outcome: failed('reset') }),
  ]
  const warm = record({ phase: 0, dispatched: 0, sent: 1, end: 1000 })
  const [ledger] = ledgers(
    [[warm, record({ dispatched: 0, sent: 1, end: 11 })]],
    [again, { id: 'run-1', cell: cell({ repeat: 1 }) }],
  )
  expect(ledger).toMatchObject({ requests: 2, meanMs: 21 })
  expect(ledger?.steps).toEqual([
    { step: 'send', metric: 'ledger-send', n: 2, meanMs: 1, share: 1 / 21 },
    { step: 'tail', metric: 'ledger-tail', n: 2, meanMs: 20, share: 20 / 21 },
  ])
})

test('a cell in which nothing completed has no ledger', () => {
  expect(ledgers([[record({ dispatched: 0, end: 9, outcome: failed('connect') })]])).toEqual([])
})

const gap = fc.integer({ min: 0, max: 100_000 })

test('over any requests the steps add up to the mean end-to-end time, and their shares to 1', () => {
  const anyStory = fc
    .record({
      gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
      isFresh: fc.boolean(),
      events: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ gaps, isFresh, events }) => {
      let at = 0
      const [intended, dispatched, connected, sent, first, last] = gaps.map((more) => {
        at += more
        return at
      }) as [number, number, number, number, number, number]
      return record({
        intended,
        dispatched,
        ...(isFresh ? { connected } : {}),
        sent,
        at: [first, last].slice(0, events),
        end: last + 1,
      })
    })
  fc.assert(
    fc.property(fc.array(anyStory, { minLength: 1, maxLength: 20 }), (records) => {
      const [ledger] = ledgers([records, { cell: open }])
      const meanMs =
        records.reduce((sum, { endNs = 0, intendedNs = 0 }) => sum + endNs - intendedNs, 0) /
        1e6 /
        records.length
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      expect(ledger?.meanMs).toBeCloseTo(meanMs, 6)
      expect(sum(ledger?.steps.map((step) => step.meanMs) ?? [])).toBeCloseTo(meanMs, 6)
      expect(sum(ledger?.steps.map((step) => step.share ?? 0) ?? [])).toBeCloseTo(1, 9)
    }),
  )
})

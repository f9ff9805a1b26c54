import { expect, test } from 'vitest'
import { cell, failed, load, record, runData } from '../../test/builders.ts'
import { calibration, errorSummary, healthTable } from '../../test/health-builders.ts'
import type { HealthRow } from '../model/health.ts'
import type { RunData } from '../model/run-data.ts'
import { analyze } from './analyze.ts'
import { findingsOf } from './findings/index.ts'
import { verdictOf } from './verdict.ts'

/** Ten requests of half a second, one a second: request i lives in [i + 0.2 s, i + 0.7 s], TTFT 100 ms. */
const records = Array.from({ length: 10 }, (_, i) =>
  record({
    index: i,
    sent: i * 1000 + 200,
    at: [i * 1000 + 300, i * 1000 + 320],
    end: i * 1000 + 700,
    input: 128,
    output: 64,
  }),
)

function data(init: Partial<RunData> = {}): RunData {
  return { ...runData(records), health: healthTable(10), calibration: calibration(), ...init }
}

function verdict(init: Partial<RunData> = {}) {
  const run = data(init)
  return verdictOf(run, findingsOf([run], []))
}

function unwell(row: Partial<HealthRow>, ...at: number[]): Partial<RunData> {
  return {
    health: healthTable(
      10,
      at.map((second) => ({ at: second, ...row })),
    ),
  }
}

test('a quiet, calibrated client is trusted, with its numbers', () => {
  expect(verdict()).toEqual({
    run: 'run-0',
    verdict: 'trusted',
    reasons: [],
    error: { ttftBiasMs: 0.3, ttftP99Ms: 0.9, eventP99Ms: 0.8 },
    usefulCpuShare: 0.2,
    affected: { requests: 0, seconds: 0 },
  })
})

test.each([
  ['a pause of 9 ms', unwell({ loopDelayMaxMs: 9 }, 5), 'trusted'],
  ['a block of 20 ms', unwell({ loopDelayMaxMs: 18.4 }, 5), 'degraded'],
  ['a stop of 200 ms', unwell({ seconds: 1.2, loopDelayMaxMs: 200 }, 5), 'degraded'],
  ['a neighbour for a second', unwell({ runQueueMs: 480 }, 5), 'degraded'],
  ['a neighbour all the time', unwell({ runQueueMs: 480 }, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 'client-bound'],
  ['a full core for a second', unwell({ usefulCpuMs: 950 }, 5), 'degraded'],
  ['a full core for two seconds in ten', unwell({ usefulCpuMs: 950 }, 5, 6), 'client-bound'],
  ['a core full of polling', unwell({ cpuMs: 1000, pollingMs: 800 }, 1, 2, 3, 4, 5, 6, 7, 8, 9), 'trusted'],
  ['no health rows', { health: [] }, 'degraded'],
  ['an error p99 of 6 % of TTFT', { calibration: calibration({ ttft: errorSummary(1, 6) }) }, 'degraded'],
  ['an error as large as TTFT', { calibration: calibration({ ttft: errorSummary(9, 90) }) }, 'client-bound'],
  [
    'a connect of a second',
    {
      records: [
        ...records,
        record({ dispatched: 0, connected: 1003, sent: 1003, end: 1100, input: 1, output: 64 }),
      ],
    },
    'degraded',
  ],
  ['a failure of the target', { records: [...records, record({ outcome: failed('reset') })] }, 'trusted'],
  [
    'no free port',
    {
      records: [
        ...records,
        record({ outcome: failed('connect', 'No local port is free for another connection.') }),
      ],
    },
    'client-bound',
  ],
  [
    'no free descriptor',
    {
      records: [
        ...records,
        record({
          outcome: failed('connect', 'This process may not open more connections (descriptor limit).'),
        }),
      ],
    },
    'client-bound',
  ],
] as const)('%s: %#', (_, init, expected) => {
  expect(verdict(init).verdict).toBe(expected)
})

test('a run without calibration is degraded at best', () => {
  const { calibration: _, ...bare } = data()
  const stamp = verdictOf(bare, findingsOf([bare], []))
  expect(stamp.verdict).toBe('degraded')
  expect(stamp.reasons).toEqual([
    "The client's own error was not measured: the run was not calibrated (--calibrate skip, or nothing came of it).",
  ])
  expect(stamp.error).toBeUndefined()
})

test('missing records are a reason, and the worst reason comes first', () => {
  const measure = { planned: 11, completed: 11, failed: 0, cancelled: 0, dropped: 0 }
  const rows = healthTable(10, [
    { at: 2, loopDelayMaxMs: 40 },
    ...[5, 6, 7].map((at) => ({ at, usefulCpuMs: 950 })),
  ])
  const init = { run: { ...data().run, counts: { measure } }, health: rows }
  const { verdict: stamp, reasons } = verdict(init)
  expect(stamp).toBe('client-bound')
  expect(reasons.map((reason) => reason.slice(0, 24))).toEqual([
    'A load thread needed 85 ',
    'The counts do not close ',
    'A load thread read nothi',
  ])
})

test('late arrivals degrade a run, and bind it when they are as late as replies take', () => {
  const open = {
    ...data().run,
    cell: cell({ load: load({ pacing: { kind: 'constant', ratePerSecond: 1 } }) }),
  }
  const late = (ms: number) =>
    verdict({
      run: open,
      records: records.map((story, i) => ({ ...story, intendedNs: (i * 1000 + 200 - ms) * 1e6 })),
    }).verdict
  expect([late(0.5), late(5), late(50)]).toEqual(['trusted', 'degraded', 'client-bound'])
})

test('affected are the requests under way in an unhealthy second of their own thread, and those seconds', () => {
  const rows = healthTable(
    10,
    [
      { at: 3, loopDelayMaxMs: 30 },
      { at: 5, loopDelayMaxMs: 30 },
      { at: 5, worker: 1, runQueueMs: 500 },
    ],
    2,
  )
  // 0 to 5 are of worker 0 and last 1.2 s: second 3 is (2, 3], second 5 is (4, 5].
  const long = records.slice(0, 6).map((story) => ({ ...story, endNs: (story.sentNs ?? 0) + 1.2e9 }))
  expect(verdict({ records: long, health: rows }).affected).toEqual({ requests: 4, seconds: 3 })
})

test('numbers come without their unhealthy part when asked for, and a finding says how many', () => {
  const slow = records.map((story, i) => (i === 4 ? { ...story, endNs: 4.95e9 } : story))
  const run = data({ records: slow, ...unwell({ loopDelayMaxMs: 30 }, 5) })
  const head = { assay: '0', created: '2026-01-02T03:04:05.000Z', study: { name: 's', seed: 1, repeats: 1 } }
  const e2eMax = (report: ReturnType<typeof analyze>) =>
    report.results.find(
      ({ metric, stat, repeat }) => metric === 'e2e-latency' && stat === 'max' && repeat === 0,
    )
  const completed = (report: ReturnType<typeof analyze>) =>
    report.results.find(({ metric, repeat }) => metric === 'requests-per-second' && repeat === 0)
  const [all, rest] = [analyze([run], head), analyze([run], head, { exclude: 'unhealthy' })]
  expect([e2eMax(all)?.value, e2eMax(all)?.n]).toEqual([750, 10])
  expect([e2eMax(rest)?.value, e2eMax(rest)?.n]).toEqual([500, 9])
  expect(completed(rest)).toEqual(completed(all))
  expect(rest.verdicts).toEqual(all.verdicts)
  expect(rest.findings.find(({ code }) => code === 'excluded-requests')?.message).toContain(
    '1 of 10 (10 %) measured requests were under way',
  )
  expect(all.findings.map(({ code }) => code)).not.toContain('excluded-requests')
})

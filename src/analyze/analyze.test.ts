import { expect, test } from 'vitest'
import { cell, failed, record, run, runData, target } from '../../test/builders.ts'
import { metrics } from '../metrics/index.ts'
import { reportSchema } from '../model/report.ts'
import { analyze } from './analyze.ts'

const head = {
  assay: '0.1.0',
  created: '2026-01-02T04:00:00.000Z',
  study: { name: 'two targets', seed: 7, repeats: 2 },
}

const records = [
  record({ index: 0, phase: 0, sent: 0, at: [10, 20], end: 30, output: 2 }),
  record({ index: 1, sent: 100, at: [110, 120], end: 1130, output: 2 }),
  record({ index: 2, sent: 100, end: 140, status: 503, outcome: failed('http-status', 'busy') }),
  record({ index: 3, sent: 100, end: 150, status: 503, outcome: failed('http-status', 'still busy') }),
  record({ index: 4, sent: 100, end: 150, outcome: failed('reset') }),
]

function study() {
  const [a, b] = [target({ name: 'a', gpus: 2 }), target({ name: 'b' })]
  // Interleaved: a b b a.
  return [
    runData(records, { id: 'r0', cell: cell({ target: a, repeat: 0 }) }),
    runData(records, { id: 'r1', cell: cell({ target: b, repeat: 0 }) }),
    runData(records, { id: 'r2', cell: cell({ target: b, repeat: 1 }) }),
    runData(records, { id: 'r3', cell: cell({ target: a, repeat: 1 }) }),
  ]
}

test('a report lists runs as they were made, and targets, workloads and loads once', () => {
  const report = analyze(study(), head)
  expect(report).toMatchObject({ schema: reportSchema, ...head })
  expect(report.verdicts.map(({ run, verdict }) => [run, verdict])).toEqual([
    ['r0', 'degraded'],
    ['r1', 'degraded'],
    ['r2', 'degraded'],
    ['r3', 'degraded'],
  ])
  expect(report.runs.map(({ id, target, repeat }) => [id, target, repeat])).toEqual([
    ['r0', 'a', 0],
    ['r1', 'b', 0],
    ['r2', 'b', 1],
    ['r3', 'a', 1],
  ])
  expect(report.runs[0]).toEqual({
    id: 'r0',
    folder: 'runs/r0',
    target: 'a',
    workload: 'short-chat',
    load: 'steady',
    repeat: 0,
    startedAt: '2026-01-02T03:04:05.000Z',
    measuredS: 1.03,
    ended: 'completed',
    counts: {
      warmup: { planned: 1, completed: 1, failed: 0, cancelled: 0, dropped: 0 },
      measure: { planned: 4, completed: 1, failed: 3, cancelled: 0, dropped: 0 },
    },
    workloadSha256: 'abc',
    repeatCommand: 'assay run study.yaml',
  })
  const shown = {
    model: 'tiny',
    dialect: 'openai-chat',
    urls: ['http://127.0.0.1:8000'],
    engineInfo: {},
    settings: { transport: 'http1', connections: 'reuse' },
    notices: [],
  }
  expect(report.targets).toEqual([
    { name: 'a', ...shown, gpus: 2 },
    { name: 'b', ...shown },
  ])
  expect(report.workloads).toEqual([
    { name: 'short-chat', description: 'synthetic, 128 in / 64 out (exact)', notices: [] },
  ])
  expect(report.loads).toEqual([{ name: 'steady', description: '8 at a time, 200 requests', loop: 'closed' }])
  expect(report.metrics.map(({ id }) => id)).toEqual(metrics.map(({ id }) => id))
  expect(report.host.hostname).toBe('bench')
})

test('each target has its own repeats and pool', () => {
  const rates = analyze(study(), head).results.filter((result) => result.metric === 'error-rate')
  expect(rates.map(({ target, repeat, stat, value, n }) => [target, repeat, stat, value, n])).toEqual([
    ['a', 0, 'value', 0.75, 4],
    ['a', 1, 'value', 0.75, 4],
    ['a', 'pooled', 'mean', 0.75, 2],
    ['b', 0, 'value', 0.75, 4],
    ['b', 1, 'value', 0.75, 4],
    ['b', 'pooled', 'mean', 0.75, 2],
  ])
})

test('failed requests that failed alike are one group, with the first message', () => {
  expect(analyze(study().slice(0, 1), head).errors).toEqual([
    { run: 'r0', kind: 'http-status', status: 503, example: 'busy', n: 2 },
    { run: 'r0', kind: 'reset', example: 'it was reset', n: 1 },
  ])
})

test('each run has curves of its latencies and of itself over time', () => {
  const series = analyze(study().slice(0, 1), head).series
  expect(series.map(({ id }) => id)).toEqual([
    'ttft-cdf',
    'itl-cdf',
    'tpot-cdf',
    'e2e-cdf',
    'requests-per-second',
    'output-tokens-per-second',
    'in-flight',
  ])
  expect(series[0]).toEqual({ run: 'r0', id: 'ttft-cdf', x: [10], y: [1] })
  expect(series.every(({ x, y }) => x.length === y.length)).toBe(true)
  // The warm-up began 0.1 s before the measured phase.
  expect(series[6]?.x[0]).toBeCloseTo(-0.095, 9)
})

test('a report is data: it survives JSON unchanged', () => {
  const report = analyze(study(), head)
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('a run folder that never ended is reported as crashed', () => {
  const { ended: _, ...unended } = run()
  const report = analyze([{ run: unended, folder: '.', records, samples: [], health: [] }], head)
  expect(report.runs[0]?.ended).toBe('crashed')
  expect(report.findings.map(({ code }) => code)).toContain('ended-early')
})

test('no runs, no report', () => {
  expect(() => analyze([], head)).toThrow('There are no runs to report on.')
})

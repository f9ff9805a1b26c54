import { expect, test } from 'vitest'
import { cell, failed, load, record, runData } from '../../../test/builders.ts'
import { calibration, errorSummary, healthTable } from '../../../test/health-builders.ts'
import { sentenceOf } from '../../dialects/transport/socket.ts'
import type { Finding } from '../../model/finding.ts'
import type { HealthRow } from '../../model/health.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { Run } from '../../model/run.ts'
import type { RunData } from '../../model/run-data.ts'
import { findingsOf } from './index.ts'

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

function found(
  health: readonly HealthRow[],
  { run: init = {}, ...rest }: Partial<Omit<RunData, 'run'>> & { readonly run?: Partial<Run> } = {},
): Finding[] {
  return findingsOf([{ ...runData(records, init), health, calibration: calibration(), ...rest }], [])
}

/** Rows of a run of ten seconds in which one second went otherwise. */
function second(row: Partial<HealthRow>): HealthRow[] {
  return healthTable(10, [{ at: 5, ...row }])
}

test('a quiet client gives no findings', () => {
  expect(found(healthTable(10))).toEqual([])
})

test.each([
  {
    name: 'a loop blocked for 20 ms',
    row: { loopDelayMaxMs: 18.4 },
    code: 'loop-blocked',
    says: 'for 16 ms or more in 1 of 10 thread-seconds, at worst 18.4 ms; 1 of 10 (10 %)',
  },
  {
    name: 'a long collection',
    row: { loopDelayMaxMs: 24, gcMaxMs: 22 },
    code: 'gc-pause',
    says: 'at worst 22 ms',
  },
  {
    name: 'a stop of 200 ms',
    row: { seconds: 1.2, loopDelayMaxMs: 200 },
    code: 'process-stopped',
    says: 'stood still for up to 200 ms',
  },
  {
    name: 'a block of 200 ms that worked',
    row: { loopDelayMaxMs: 200, cpuMs: 960, usefulCpuMs: 400 },
    code: 'loop-blocked',
    says: 'at worst 200 ms',
  },
  {
    name: 'a neighbour on every core',
    row: { runQueueMs: 480, loopDelayMaxMs: 8, hostCpuMs: 8000 },
    code: 'run-queue',
    says: 'in 1 of 10 thread-seconds (5.7 % of the phase at worst; other processes used 10 %',
  },
  {
    name: 'a pause that was a wait for a core',
    row: { runQueueMs: 120, loopDelayMaxMs: 30 },
    code: 'run-queue',
    says: 'in 1 of 10',
  },
  {
    // 8 cores: 400 ms are 5 % of their second.
    name: 'a greedy hypervisor',
    row: { stealMs: 400 },
    code: 'steal',
    says: "gave 0.5 % of this host's CPU time to others",
  },
  {
    name: 'a CPU quota',
    row: { throttledMs: 60, loopDelayMaxMs: 60 },
    code: 'cpu-throttled',
    says: '(0.6 % of the phase)',
  },
  {
    name: 'a thread that works all the time for a second',
    row: { cpuMs: 980, usefulCpuMs: 950 },
    code: 'client-cpu',
    says: 'at most 95 %; 10 % of the busiest',
  },
])('$name is $code', ({ row, code, says }) => {
  const [finding, ...others] = found(second(row))
  expect(others).toEqual([])
  expect(finding).toMatchObject({ code, severity: 'warning', run: 'run-0' })
  expect(finding?.message).toContain(says)
  expect(finding?.message).toContain('1 of 10 (10 %) measured requests were under way.')
})

test.each([
  { name: 'a pause of 15 ms', row: { loopDelayMaxMs: 15, gcMaxMs: 11 } },
  { name: 'waits for a core of a sixth', row: { runQueueMs: 160 } },
  { name: 'a tick of steal', row: { stealMs: 10 } },
  { name: 'a thread that polls all the time', row: { cpuMs: 1000, pollingMs: 800, usefulCpuMs: 200 } },
  { name: 'a last row of 20 ms, full of work', row: { seconds: 0.02, cpuMs: 20, usefulCpuMs: 20 } },
])('$name is nothing', ({ row }) => {
  expect(found([...healthTable(10), ...second(row).slice(4, 5)])).toEqual([])
})

test.each([
  { name: 'a fifth of the time at a full core', at: [4, 5], row: { usefulCpuMs: 900 }, code: 'client-cpu' },
  {
    name: 'a quarter of the time without a core',
    at: [3, 4, 5, 6],
    row: { runQueueMs: 700 },
    code: 'run-queue',
  },
  {
    name: 'a tenth of the time in pauses',
    at: [4, 5],
    row: { loopDelayMaxMs: 600, cpuMs: 990 },
    code: 'loop-blocked',
  },
  { name: 'a quarter of the CPU stolen', at: [4, 5, 6], row: { stealMs: 7000 }, code: 'steal' },
])('$name makes the numbers the client’s', ({ at, row, code }) => {
  const rows = healthTable(
    10,
    at.map((second) => ({ at: second, ...row })),
  )
  expect(found(rows)).toMatchObject([{ code, severity: 'invalid' }])
})

test('a process is stopped when all of its load threads are; one alone is blocked', () => {
  const pause = { at: 5, loopDelayMaxMs: 200 }
  const both = healthTable(10, [pause, { ...pause, worker: 1 }], 2)
  expect(found(both)).toMatchObject([{ code: 'process-stopped' }])
  expect(found(healthTable(10, [pause], 2))).toMatchObject([{ code: 'loop-blocked' }])
})

test('a stop is told from a block where threads poll all the time', () => {
  const polling = { cpuMs: 995, pollingMs: 790 }
  const rows = (row: Partial<HealthRow>) => [
    ...Array.from({ length: 10 }, (_, i) => ({ at: i + 1, ...polling, ...(i === 4 ? row : {}) })),
  ]
  const stop = rows({ seconds: 1.2, loopDelayMaxMs: 200, pollingMs: 990 })
  const block = rows({ loopDelayMaxMs: 200, pollingMs: 990 })
  expect(found(healthTable(10, stop))).toMatchObject([{ code: 'process-stopped' }])
  expect(found(healthTable(10, block))).toMatchObject([{ code: 'loop-blocked' }])
})

test('only requests of the thread that was unwell are counted', () => {
  const rows = healthTable(10, [{ at: 5, worker: 1, loopDelayMaxMs: 30 }], 2)
  expect(found(rows)[0]?.message).toContain('in 1 of 20 thread-seconds')
  expect(found(rows)[0]?.message).toContain('0 of 10 (0 %) measured requests were under way.')
})

test('the warm-up may be unwell', () => {
  const late = { run: { phases: [{ name: 'measure', startNs: 0.1e9 }] } }
  const warmup = { ...second({ loopDelayMaxMs: 50 })[4], atNs: 0.05e9, seconds: 0.05 } as HealthRow
  expect(found([warmup, ...healthTable(10)], late)).toEqual([])
})

test('time without rows is a doubt, up to a second and a half is not', () => {
  expect(found(healthTable(10).slice(0, 9))).toEqual([])
  const [finding] = found(healthTable(10).slice(0, 7))
  expect(finding).toMatchObject({ code: 'not-watched', severity: 'warning' })
  expect(finding?.message).toContain('For 2.7 s of the measured phase')
  expect(found([])[0]?.message).toContain('the run has no health rows')
})

test('a run without calibration says so', () => {
  const { calibration: _, ...data } = { ...runData(records), health: healthTable(10), calibration: undefined }
  expect(findingsOf([data], [])).toMatchObject([{ code: 'not-calibrated', severity: 'note' }])
})

test.each([
  // TTFT is 100 ms and the gap between events 20 ms.
  { name: '5 % of TTFT', errors: { ttft: errorSummary(0.3, 5) }, severities: [] },
  { name: 'more than 5 % of TTFT', errors: { ttft: errorSummary(0.3, 6) }, severities: ['warning'] },
  { name: 'a bias of −8 % of TTFT', errors: { ttft: errorSummary(-8, 1) }, severities: ['warning'] },
  { name: 'half of TTFT', errors: { ttft: errorSummary(12, 50) }, severities: ['invalid'] },
  { name: 'a fifth of ITL', errors: { itl: errorSummary(0, 4) }, severities: [] },
  { name: 'more than a fifth of ITL', errors: { itl: errorSummary(0, 14) }, severities: ['warning'] },
])('an error of $name', ({ errors, severities }) => {
  const findings = found(healthTable(10), { calibration: calibration(errors) })
  expect(findings.map(({ severity }) => severity)).toEqual(severities)
  expect(findings.every(({ code }) => code === 'calibration-error')).toBe(true)
})

test('a calibration that was not made for this run says when it was', () => {
  const kept = calibration({ cached: true, ttft: errorSummary(0.3, 6) })
  expect(found(healthTable(10), { calibration: kept })[0]?.message).toBe(
    'By calibration of this client under this load (kept from 2026-01-02 03:10 UTC), TTFT is off by 0.3 ms on average and 6 ms at p99, 6 % of its median of 100 ms.',
  )
})

test('an error up to a millisecond is accepted whatever is measured', () => {
  const fast = [record({ sent: 0, at: [0.8, 1], end: 2, input: 128, output: 64 })]
  const errors = { ttft: errorSummary(0.5, 1), itl: errorSummary(0, 1) }
  expect(found(healthTable(1), { records: fast, calibration: calibration(errors) })).toEqual([])
})

test.each([
  { name: 'ports', errno: 'EADDRNOTAVAIL', code: 'client-ports', lack: 'local port' },
  { name: 'descriptors', errno: 'EMFILE', code: 'client-descriptors', lack: 'descriptor' },
])('running out of $name is the fault of the client', ({ errno, code, lack }) => {
  const message = sentenceOf(Object.assign(new Error('no'), { code: errno }))
  const failure = (phase: number): RequestRecord => record({ phase, outcome: failed('connect', message) })
  const of = (...failures: RequestRecord[]) =>
    found(healthTable(10), { records: [...records, ...failures] }).find((finding) => finding.code === code)
  expect(of(failure(1))).toMatchObject({ severity: 'invalid' })
  expect(of(failure(1))?.message).toBe(
    `1 of 11 (9.1 %) requests failed because the client had no ${lack} left: these failures are not the target's.`,
  )
  expect(of(failure(0))).toMatchObject({ severity: 'warning' })
})

test('SYN segments sent again and full queues are counted by the host', () => {
  expect(found(second({ synRetransmits: 3 }))).toMatchObject([
    {
      code: 'syn-retransmit',
      severity: 'note',
      message: 'This host sent 3 SYN segments again during the run, but no request waited for one.',
    },
  ])
  expect(found(second({ listenOverflows: 7 }))).toMatchObject([
    { code: 'listen-overflow', severity: 'warning' },
  ])
  const far = run({ urls: ['https://api.example.com'] })
  expect(found(second({ listenOverflows: 7 }), far)).toMatchObject([
    { code: 'listen-overflow', severity: 'note' },
  ])
})

function run(init: { readonly urls: readonly string[] }): { readonly run: Partial<Run> } {
  return {
    run: {
      target: {
        ...init,
        model: 'tiny',
        dialect: 'openai-chat',
        connections: 'reuse',
        engineInfo: {},
        notices: [],
      },
    },
  }
}

test('a target on the cores of the client is noted, and may be sent to by timer', () => {
  expect(found(healthTable(10), { run: { polling: false } })).toMatchObject([
    { code: 'target-shares-cores', severity: 'note' },
  ])
})

/** Arrivals every 10 ms for a second, each dispatched as `dispatch` says. */
function arrivals(dispatch: (i: number) => number | undefined): RequestRecord[] {
  return Array.from({ length: 101 }, (_, i) => {
    const intended = i * 10
    const sent = dispatch(i)
    return sent === undefined
      ? record({ index: i, intended, outcome: { kind: 'dropped' } })
      : record({
          index: i,
          intended,
          sent,
          at: [sent + 100, sent + 120],
          end: sent + 130,
          input: 128,
          output: 64,
        })
  })
}

const open = { run: { cell: cell({ load: load({ pacing: { kind: 'constant', ratePerSecond: 100 } }) }) } }

test.each([
  { name: 'on time', dispatch: (i: number) => i * 10 + 0.4, codes: [] },
  { name: 'the last one 9 ms late', dispatch: (i: number) => i * 10 + (i === 100 ? 9 : 0), codes: [] },
  {
    name: 'slower and slower',
    dispatch: (i: number) => i * 10.2,
    codes: ['rate-not-realised', 'late-dispatch'],
  },
  {
    name: 'half of them',
    dispatch: (i: number) => (i % 2 === 0 ? i * 10 : undefined),
    codes: ['dropped', 'rate-not-realised'],
  },
])('arrivals that leave $name: $codes', ({ dispatch, codes }) => {
  const findings = found(healthTable(2), { records: arrivals(dispatch), ...open })
  expect(findings.map(({ code }) => code)).toEqual(codes)
})

test('a rate that was not realised says both rates and gaps', () => {
  const records = arrivals((i) => i * 10.2)
  const finding = found(healthTable(2), { records, ...open }).find(({ code }) => code === 'rate-not-realised')
  expect(finding?.message).toBe(
    'The schedule asked for 100.0 requests/s and 98.04 left (−2 %): a request every 10.2 ms rather than 10 ms; 0 of 101 were never sent.',
  )
})

test.each([
  { kind: 'burst', ms: 4, polling: true, severities: ['note'] },
  { kind: 'burst', ms: 8, polling: true, severities: ['warning'] },
  { kind: 'constant', ms: 2.5, polling: false, severities: [] },
  { kind: 'constant', ms: 2.5, polling: true, severities: ['warning'] },
  { kind: 'constant', ms: 60, polling: true, severities: ['invalid'] },
] as const)('$kind arrivals $ms ms late (polling: $polling): $severities', ({
  kind,
  ms,
  polling,
  severities,
}) => {
  const pacing = kind === 'burst' ? ({ kind, burst: 101 } as const) : ({ kind, ratePerSecond: 100 } as const)
  const init = { polling, cell: cell({ load: load({ pacing }) }) }
  const findings = found(healthTable(2), { records: arrivals((i) => i * 10 + ms), run: init })
  const late = findings.filter(({ code }) => code === 'late-dispatch')
  expect(late.map(({ severity }) => severity)).toEqual(severities)
})

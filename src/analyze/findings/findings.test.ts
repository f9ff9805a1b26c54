import { expect, test } from 'vitest'
import { cell, cut, failed, load, record, run, runData, workload } from '../../../test/builders.ts'
import { calibration, healthTable } from '../../../test/health-builders.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { Result } from '../../model/report.ts'
import type { Run } from '../../model/run.ts'
import { buildWarnings } from './build-warnings.ts'
import { findingsOf } from './index.ts'
import { fewSamples, hostNotLinux, workloadDiffers, workloadNotices } from './study-checks.ts'

/** `count` good requests: 64 tokens counted by the server, in two events. */
function good(count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record({ index, sent: index, at: [index + 5, index + 9], end: index + 10, input: 128, output: 64 }),
  )
}

/** What is found of a run whose client was watched, calibrated and well. */
function found(records: readonly RequestRecord[], init: Partial<Run> = {}) {
  const data = { ...runData(records, init), health: healthTable(3), calibration: calibration() }
  return findingsOf([data], [])
}

test('a good run has no findings', () => {
  expect(found(good(50))).toEqual([])
})

test('failed requests are a warning, with their kinds', () => {
  const [finding, ...others] = found([
    ...good(98),
    record({ outcome: failed('http-status'), status: 503 }),
    record({ outcome: failed('reset') }),
  ])
  expect(others).toEqual([])
  expect(finding).toMatchObject({ code: 'errors', severity: 'warning', run: 'run-0' })
  expect(finding?.message).toContain(
    '2 of 100 (2 %) measured requests failed: 1 × http-status 503, 1 × reset.',
  )
})

test('a tenth of requests failing makes a run invalid', () => {
  const failures = [record({ outcome: failed('reset') })]
  expect(found([...good(9), ...failures])[0]?.severity).toBe('invalid')
  expect(found([...good(10), ...failures])[0]?.severity).toBe('warning')
})

test('failures of the warm-up are none of the measured phase', () => {
  expect(found([...good(9), record({ phase: 0, outcome: failed('reset') })])).toEqual([])
})

test('arrivals that were not sent are counted', () => {
  const [finding] = found([...good(3), record({ intended: 5, outcome: { kind: 'dropped' } })])
  expect(finding).toMatchObject({ code: 'dropped', severity: 'warning' })
  expect(finding?.message).toContain(
    '1 of 4 (25 %) arrivals were not sent, because 10000 requests were in flight',
  )
})

test('requests cut by the drain are named; those a user cut are not', () => {
  const [finding] = found([...good(3), record({ sent: 1, outcome: cut })])
  expect(finding?.code).toBe('drain-cut')
  expect(finding?.message).toContain(
    '1 of 4 (25 %) measured requests were cancelled when the drain of 30 s was over',
  )
  expect(found([...good(3), record({ sent: 1, outcome: { kind: 'cancelled', by: 'user' } })])).toEqual([])
})

test.each([
  { ended: 'interrupted', severity: 'warning' },
  { ended: 'safety-stop', severity: 'warning' },
  { ended: 'crashed', severity: 'invalid' },
  { ended: 'storage', severity: 'invalid' },
] as const)('a run that ended by $ended is $severity', ({ ended, severity }) => {
  const [finding, ...others] = found(good(3), { ended, endedReason: 'For a reason.', lostRecords: 7 })
  expect(others).toEqual([])
  expect(finding).toMatchObject({ code: 'ended-early', severity })
  expect(finding?.message).toContain(`(${ended}). For a reason. 7 records were lost.`)
})

test('counts that do not close make a run invalid', () => {
  const measure = { planned: 4, completed: 3, failed: 0, cancelled: 0, dropped: 0 }
  const [finding] = found(good(3), { counts: { measure } })
  expect(finding).toMatchObject({ code: 'open-counts', severity: 'invalid' })
  expect(finding?.message).toContain(
    'measure: 4 planned, but 3 completed + 0 failed + 0 cancelled + 0 dropped = 3',
  )
})

test('records that are missing from the folder make a run invalid', () => {
  const measure = { planned: 4, completed: 4, failed: 0, cancelled: 0, dropped: 0 }
  expect(found(good(3), { counts: { measure } })[0]?.message).toContain(
    'measure: 4 requests were counted, but 3 records are stored',
  )
  expect(found(good(4), { counts: { measure } })).toEqual([])
})

test('one request in a hundred more than a millisecond late is tolerated, two are not', () => {
  const sentAt = (delay: number) =>
    record({
      intended: 10,
      dispatched: 10 + delay,
      sent: 10 + delay,
      at: [20, 30],
      end: 30,
      input: 1,
      output: 64,
    })
  const onTime = Array.from({ length: 98 }, () => sentAt(0.9))
  expect(found([...onTime, sentAt(5), sentAt(1)])).toEqual([])
  const [finding] = found([...onTime, sentAt(5), sentAt(2.5)])
  expect(finding).toMatchObject({ code: 'late-dispatch', severity: 'warning' })
  expect(finding?.message).toContain(
    '2 of 100 (2 %) requests more than 1 ms after their planned instant, p99 2.53 ms, at worst 5 ms',
  )
})

test('events that share a read are noted above 1 % and a warning above 10 %', () => {
  const shared = (every: number) => {
    const at = Array.from({ length: 1000 }, (_, i) => i)
    return [
      record({
        sent: 0,
        at,
        flags: at.map((i) => (i % every === 1 ? 17 : 1)),
        end: 1000,
        input: 1,
        output: 1000,
        asked: { answers: 1, tokens: 1000, mode: 'exact' },
      }),
    ]
  }
  expect(found(shared(100))).toEqual([])
  expect(found(shared(50))).toMatchObject([{ code: 'coalesced', severity: 'note' }])
  const [finding] = found(shared(5))
  expect(finding?.severity).toBe('warning')
  expect(finding?.message).toContain('20 % of 1000 events came in the same read')
})

test('a connect over 900 ms is a lost SYN, even in the warm-up', () => {
  const connect = (ms: number) => record({ phase: 0, dispatched: 0, connected: ms, sent: ms, end: ms + 1 })
  expect(found([...good(1), connect(900)])).toEqual([])
  expect(found([...good(1), connect(1003)])).toMatchObject([{ code: 'syn-retransmit', severity: 'warning' }])
})

test('requests that met a closing connection are named', () => {
  const records = [...good(1), record({ phase: 0, outcome: failed('stale-connection') })]
  expect(found(records)).toMatchObject([{ code: 'stale-connection', severity: 'warning' }])
})

test('replies of another length than the workload forces are counted', () => {
  const short = record({ sent: 0, at: [1, 2], end: 3, input: 128, output: 12 })
  const [finding, ...others] = found([...good(3), short])
  expect(others).toEqual([])
  expect(finding).toMatchObject({ code: 'short-output', severity: 'warning' })
  expect(finding?.message).toBe(
    '1 of 4 (25 %) replies do not have the 64 output tokens asked for (typically 12).',
  )
})

test('a workload that lets the model stop has no length to keep', () => {
  const short = record({ sent: 0, at: [1, 2], end: 3, input: 128, output: 12 })
  expect(found([short], { cell: cell({ workload: workload({ outputMode: 'up-to' }) }) })).toEqual([])
})

test('tokens counted as events are a warning; tokens nobody counted are noted', () => {
  const byEvents = record({ sent: 0, at: [1, 2], tokens: [32, 32], end: 3, input: 128 })
  expect(found([...good(1), byEvents])).toMatchObject([{ code: 'token-source', severity: 'warning' }])
  const [finding] = found([...good(1), record({ sent: 0, end: 3, input: 128 })])
  expect(finding).toMatchObject({ code: 'missing-token-counts', severity: 'note' })
  expect(finding?.message).toContain('Of 2 completed requests, 0 have no input tokens and 1 no output tokens')
})

test('more requests than the workload holds repeat prompts', () => {
  const small = { workload: { sha256: 'abc', count: 2, notices: [] } }
  expect(found(good(2), small)).toEqual([])
  const [finding] = found(good(3), small)
  expect(finding?.code).toBe('workload-repeated')
  expect(finding?.message).toContain('3 requests were sent from a workload of 2')
})

test('findings come by severity, the gravest first', () => {
  const records = [...good(5), record({ outcome: failed('reset') }), record({ sent: 0, end: 3, input: 128 })]
  expect(found(records, { ended: 'interrupted' }).map(({ severity }) => severity)).toEqual([
    'invalid',
    'warning',
    'note',
  ])
})

test('withheld headline quantiles are one note for each target, workload and load', () => {
  const head = {
    metric: 'ttft',
    from: 'sent',
    target: 't',
    workload: 'w',
    load: 'l',
    phase: 'measure',
    repeat: 'pooled',
    stat: 'quantile',
    unit: 'ms',
    n: 40,
  } as const
  const results: Result[] = [
    { ...head, q: 0.9, value: 1 },
    { ...head, q: 0.95, withheld: { needs: 72 } },
    { ...head, q: 0.99, withheld: { needs: 368 } },
    { ...head, repeat: 0, q: 0.99, withheld: { needs: 368 } },
    { ...head, metric: 'itl', n: 300, q: 0.99, withheld: { needs: 368 } },
    { ...head, metric: 'connect-time', n: 3, q: 0.99, withheld: { needs: 368 } },
  ]
  const [finding, ...others] = fewSamples(results)
  expect(others).toEqual([])
  expect(finding).toMatchObject({ code: 'few-samples', severity: 'note' })
  expect(finding?.message).toBe(
    't / w / l: too few values for some quantiles, which are withheld: ttft has 40 values (p95 needs 72, p99 needs 368); itl has 300 values (p99 needs 368).',
  )
})

test('one workload name with two contents cannot be compared', () => {
  const other = run({ workload: { sha256: 'def', count: 1000, notices: [] } })
  expect(workloadDiffers([run(), run()])).toEqual([])
  expect(workloadDiffers([run(), other])).toMatchObject([{ code: 'workload-differs', severity: 'invalid' }])
})

test('what a workload says of its lengths is repeated once', () => {
  const noticed = run({ workload: { sha256: 'abc', count: 1, notices: ['lengths are approximate'] } })
  const findings = workloadNotices([noticed, noticed])
  expect(findings.map(({ code, message }) => [code, message])).toEqual([
    ['approximate-lengths', 'Workload short-chat: lengths are approximate'],
  ])
})

test('a host without Linux names the facts that are missing, once', () => {
  const { host } = run()
  expect(hostNotLinux(host)).toEqual([])
  const [finding] = hostNotLinux({ ...host, platform: 'darwin', descriptorLimit: 256, affinity: '0-7' })
  expect(finding?.message).toContain(
    'darwin, where Assay cannot read: CPU frequency governor, stolen CPU time, CPU quota, listen queue limit.',
  )
})

test('an open load that keeps its schedule has no findings', () => {
  const open = cell({ load: load({ pacing: { kind: 'constant', ratePerSecond: 10 } }) })
  const onTime = record({
    intended: 0,
    dispatched: 0.2,
    sent: 0.3,
    at: [5, 9],
    end: 10,
    input: 1,
    output: 64,
  })
  expect(found([onTime], { cell: open })).toEqual([])
})

test('a server that is gone in the middle is named as such, with when', () => {
  const lost = (kind: 'connect' | 'reset', index: number) =>
    record({ index, sent: index, end: index + 1, outcome: failed(kind) })
  const [finding] = found([...good(5), lost('reset', 20), lost('connect', 21), lost('connect', 22)])
  expect(finding).toMatchObject({ code: 'errors' })
  const codes = (records: readonly RequestRecord[]) => found(records).map(({ code }) => code)
  expect(codes([...good(5), lost('reset', 20), lost('connect', 21), lost('connect', 22)])).toContain(
    'server-died',
  )
  // One that answers again has not died, and one that was never there has not either.
  expect(codes([...good(5), lost('connect', 2), lost('connect', 2), lost('connect', 2)])).not.toContain(
    'server-died',
  )
  expect(codes([lost('connect', 1), lost('connect', 2), lost('connect', 3)])).not.toContain('server-died')
  expect(codes([...good(5), lost('reset', 20), lost('reset', 21), lost('reset', 22)])).not.toContain(
    'server-died',
  )
})

test('a stream that comes whole at its end is buffered by somebody', () => {
  const asked = { answers: 1, tokens: 4, mode: 'exact' } as const
  const streamed = (flags: readonly number[]) =>
    record({ sent: 0, at: [90, 90, 90, 90], flags, end: 91, input: 8, output: 4, asked })
  const whole = streamed([1, 17, 17, 17])
  const apart = streamed([1, 1, 17, 1])
  const codes = (records: readonly RequestRecord[]) => found(records).map(({ code }) => code)
  expect(codes([whole, whole, apart])).toContain('buffered-stream')
  expect(codes([whole, apart])).not.toContain('buffered-stream')
  // What is answered within milliseconds may well come at once.
  const quick = record({
    sent: 0,
    at: [1, 1, 1, 1],
    flags: [1, 17, 17, 17],
    end: 2,
    input: 8,
    output: 4,
    asked,
  })
  expect(codes([quick])).not.toContain('buffered-stream')
})

test('fewer tokens by usage than events brought is a contradiction', () => {
  const asked = { answers: 1, tokens: 3, mode: 'up-to' } as const
  const [finding] = found([record({ index: 7, sent: 0, at: [1, 2, 3], end: 4, input: 8, output: 2, asked })])
  expect(finding).toMatchObject({ code: 'usage-disagrees' })
  expect(finding?.message).toContain('request 7 has 2 by usage and 3 in its events')
})

test('prompt tokens beyond those that were sent are a chat template', () => {
  const answered = (input: number) =>
    record({
      sent: 0,
      at: [1, 2],
      tokens: [1, 2],
      end: 4,
      input,
      output: 3,
      asked: { answers: 1, tokens: 3, mode: 'exact', inputTokens: 10 },
    })
  expect(found([answered(11), answered(11)])).toEqual([])
  const [finding] = found([answered(19), answered(20), answered(24)])
  expect(finding).toMatchObject({ code: 'template-applied', severity: 'note' })
  expect(finding?.message).toContain(
    'at least 9 prompt tokens more than were sent with each of 3 prompts (typically 10)',
  )
})

test('lengths of several prompts are held against all that was asked for', () => {
  const answered = (output: number) =>
    record({
      sent: 0,
      at: [1, 2],
      end: 4,
      input: 8,
      output,
      asked: { answers: 4, tokens: 12, mode: 'exact' },
    })
  expect(found([answered(12)])).toEqual([])
  expect(found([answered(12), answered(9)])[0]?.message).toContain(
    'the 12 output tokens asked for (typically 9)',
  )
})

test('endpoints whose typical first tokens are far apart are not alike', () => {
  const urls = ['http://a:1', 'http://b:1']
  const of = (endpoint: number, ttft: number) =>
    Array.from({ length: 20 }, (_, index) =>
      record({
        index,
        endpoint,
        sent: 0,
        at: [ttft, ttft + 1],
        tokens: [32, 32],
        end: 99,
        input: 8,
        output: 64,
      }),
    )
  const target = { ...run().target, urls }
  expect(found([...of(0, 10), ...of(1, 12)], { target })).toEqual([])
  const [finding] = found([...of(0, 10), ...of(1, 20)], { target })
  expect(finding).toMatchObject({ code: 'endpoints-differ' })
  expect(finding?.message).toContain('10 ms at http://a:1, 20 ms at http://b:1')
})

test('what the build of an engine warned of is one finding for its target', () => {
  const one = run({})
  const notices = ['its build warned: [W] lost 3 weights', 'its build warned: WARN slow', 'random weights']
  const built = { ...one, target: { ...one.target, notices } }
  const findings = buildWarnings([built, built, one])
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ code: 'build-warned', severity: 'warning' })
  expect(findings[0]?.message).toContain('was built with 2 warnings: [W] lost 3 weights | WARN slow')
})

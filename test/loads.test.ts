import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Reference, startReference } from '../src/reference/server.ts'
import { measure } from './measure.ts'

let reference: Reference

beforeAll(async () => {
  reference = await startReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 5 } })
})
afterAll(() => reference.close())

const seconds = (ns: number | undefined) => (ns ?? Number.NaN) / 1e9

test('users begin over the ramp and each sends its own requests', async () => {
  const { data } = await measure({ urls: [reference.url], users: 4, ramp: 1, requests: 16, outputTokens: 2 })
  const startNs = data.run.phases?.[0]?.startNs ?? Number.NaN
  const first = new Map<number, number>()
  for (const { user = -1, index, dispatchedNs = 0 } of data.records) {
    expect(index % 4).toBe(user)
    first.set(user, Math.min(first.get(user) ?? Number.POSITIVE_INFINITY, dispatchedNs))
  }
  expect([...first.keys()].sort()).toEqual([0, 1, 2, 3])
  for (const [user, atNs] of first) expect(seconds(atNs - startNs)).toBeGreaterThanOrEqual(user * 0.25)
})

test('a constant rate keeps its instants, and latencies run from them too', async () => {
  const { data, outcome } = await measure({
    urls: [reference.url],
    rate: 50,
    arrivals: 'constant',
    requests: 20,
    outputTokens: 2,
  })
  const offsets = data.records.map((r) =>
    Math.round(seconds(r.intendedNs) * 1000 - seconds(data.records[0]?.intendedNs) * 1000),
  )
  expect(offsets).toEqual(Array.from({ length: 20 }, (_, i) => i * 20))
  const ttft = outcome.report.results.filter(
    (r) => r.metric === 'ttft' && r.stat === 'mean' && r.repeat === 'pooled',
  )
  expect(ttft.map((r) => r.from).sort()).toEqual(['intended', 'sent'])
})

test('a measured time ends the phase, and replies still under way are drained', async () => {
  const { data, outcome } = await measure({
    urls: [reference.url],
    concurrency: 4,
    duration: 0.5,
    outputTokens: 20,
  })
  expect(outcome.ended).toBe('completed')
  const measured = data.records.filter((record) => record.phase === 1)
  const stopNs = data.run.phases?.[1]?.stopNs ?? Number.NaN
  // The look at the clock comes first, the dispatch right after it.
  expect(measured.every((record) => seconds((record.dispatchedNs ?? 0) - stopNs) < 0.2)).toBe(true)
  expect(measured.every((record) => record.outcome.kind === 'completed')).toBe(true)
  expect(outcome.report.runs[0]?.measuredS).toBeCloseTo(0.5, 5)
})

test('what the drain cannot wait for is cancelled and counted', async () => {
  const slow = await startReference({ timing: { kind: 'fixed', ttftMs: 10, itlMs: 300 } })
  const { data, outcome } = await measure({ urls: [slow.url], burst: 6, outputTokens: 20 }, { drainS: 0.5 })
  await slow.close()
  expect(data.records.map(({ outcome: { kind } }) => kind)).toEqual(
    Array.from({ length: 6 }, () => 'cancelled'),
  )
  expect(outcome.report.runs[0]?.counts.measure).toMatchObject({ planned: 6, cancelled: 6 })
})

test('fresh connections are made for every request, kept ones for none', async () => {
  const connected = async (connections: string) => {
    const { data } = await measure({
      urls: [reference.url],
      concurrency: 2,
      requests: 6,
      outputTokens: 2,
      connections,
    })
    return data.records.filter((record) => record.connectedNs !== undefined).length
  }
  expect(await connected('fresh')).toBe(8)
  expect(await connected('reuse')).toBe(0)
})

test('several endpoints are used round robin', async () => {
  const other = await startReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 5 } })
  const { data } = await measure({
    urls: [reference.url, other.url],
    concurrency: 3,
    requests: 9,
    outputTokens: 2,
  })
  await other.close()
  expect(data.records.map((record) => record.endpoint)).toEqual(
    data.records.map((record) => record.index % 2),
  )
})

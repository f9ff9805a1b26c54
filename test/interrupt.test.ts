import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import type { Truth } from '../src/model/truth.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { readRun } from '../src/store/index.ts'
import { temporaryFolder } from './measure.ts'
import { runCli, startCli } from './run-cli.ts'

let reference: SpawnedReference

beforeAll(async () => {
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 10 } })
})
afterAll(() => reference.close())
beforeEach(() => reference.reset())

/** Starts a run of a minute and waits until the server has seen enough of it. */
async function startUntil(
  enough: (requests: Truth['requests']) => boolean,
  folder: string,
  outputTokens: number,
) {
  const cli = startCli([
    ...['quick', reference.url, '--concurrency', '8', '--duration', '60', '--out', folder],
    ...['--output-tokens', String(outputTokens), '--input-tokens', '8'],
  ])
  for (;;) {
    const { requests } = await reference.truth()
    if (enough(requests)) return cli
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const completed = (count: number) => (requests: Truth['requests']) =>
  requests.filter((request) => request.complete).length >= count

const reportIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report

describe('Ctrl-C', () => {
  test('once: nothing more is sent, what is in flight ends, and the report is there', async () => {
    const folder = join(temporaryFolder(), 'run')
    const { child, done } = await startUntil(completed(20), folder, 20)
    child.kill('SIGINT')
    const { code, stdout } = await done
    expect(code).toBe(130)
    expect(stdout).toContain('TTFT')
    const [run] = reportIn(folder).runs
    expect(run?.ended).toBe('interrupted')
    const counts = run?.counts.measure
    expect(counts?.completed).toBeGreaterThanOrEqual(12)
    expect(counts?.planned).toBe(counts?.completed)
  })

  test('twice: what is in flight is cancelled and recorded as that', async () => {
    const folder = join(temporaryFolder(), 'run')
    // The smoke request, eight of warm-up, and eight that are being answered.
    const { child, done, sees } = await startUntil(
      (requests) => requests.filter(({ eventNs }) => eventNs.length > 0).length >= 17,
      folder,
      400,
    )
    child.kill('SIGINT')
    await sees(/Ctrl-C again/)
    child.kill('SIGINT')
    const { code } = await done
    expect(code).toBe(130)
    const { records } = await readRun(folder)
    const cancelled = records.filter(({ outcome }) => outcome.kind === 'cancelled' && outcome.by === 'user')
    expect(cancelled).toHaveLength(8)
    expect(cancelled.every(({ events }) => events.atNs.length > 0)).toBe(true)
  })
})

test('after kill -9 the report holds all but the last second', async () => {
  const folder = join(temporaryFolder(), 'run')
  const { child, done } = await startUntil(completed(60), folder, 20)
  const killedNs = process.hrtime.bigint()
  child.kill('SIGKILL')
  await done
  expect(existsSync(join(folder, 'report.json'))).toBe(false)
  const truth = await reference.truth()

  const { code, stdout } = await runCli(['report', folder])
  expect(code).toBe(0)
  expect(stdout).toContain('TTFT')
  expect(reportIn(folder).runs[0]?.ended).toBe('crashed')

  const { run, records } = await readRun(folder)
  const secondBefore = Number(killedNs - BigInt(truth.epochMonotonicNs)) - 1e9
  const mustBeThere = truth.requests.filter(
    ({ complete, requestId, eventNs }) =>
      complete &&
      requestId?.startsWith(run.id) &&
      (eventNs.at(-1) ?? Number.POSITIVE_INFINITY) < secondBefore,
  )
  expect(mustBeThere.length).toBeGreaterThan(8)
  const ended = new Map(
    records.filter((r) => r.outcome.kind === 'completed').map((r) => [`${run.id}-${r.index}`, r]),
  )
  for (const { requestId, eventNs } of mustBeThere) {
    expect(ended.get(requestId ?? '')?.events.atNs.length).toBe(eventNs.length)
  }
  const crashed = records.filter(({ outcome }) => outcome.kind === 'cancelled')
  expect(crashed.every(({ outcome }) => outcome.kind === 'cancelled' && outcome.by === 'crash')).toBe(true)
})

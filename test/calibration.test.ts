import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CalibrationFacts } from '../src/model/calibration.ts'
import type { Report } from '../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

let reference: SpawnedReference
beforeAll(async () => {
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 5 } })
})
afterAll(() => reference.close())

const reportOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report

test('assay calibrate plays a finished run back, keeps what it finds, and assay report works it out again', async () => {
  const folder = join(temporaryFolder(), 'run')
  const env = { ASSAY_CACHE: temporaryFolder() }
  const load = ['--concurrency', '4', '--requests', '40', '--output-tokens', '16']
  const ran = await runCli(['quick', reference.url, ...load, '--out', folder, '--quiet'], env)
  expect(ran.code).toBe(0)
  expect(reportOf(folder).verdicts[0]?.error).toBeUndefined()
  expect(reportOf(folder).findings.map(({ code }) => code)).toContain('not-calibrated')

  const calibrated = await runCli(['calibrate', folder, '--json'], env)
  expect(calibrated.code).toBe(0)
  const [found] = JSON.parse(calibrated.stdout)
  // Every measured request was played back with every event, and each of them found in the server's log.
  expect(found.calibration).toMatchObject({ requests: 40, events: 640, timing: 'replay', peakStreams: 4 })
  const { error } = reportOf(folder).verdicts[0] ?? {}
  expect(error?.ttftBiasMs).toBe(found.calibration.ttft.biasMs)
  expect(error?.eventP99Ms).toBe(found.calibration.event.p99Ms)
  expect(reportOf(folder).findings.map(({ code }) => code)).not.toContain('not-calibrated')

  rmSync(join(folder, 'report.json'))
  expect((await runCli(['report', folder])).code).toBe(0)
  expect(reportOf(folder).verdicts[0]?.error).toEqual(error)

  rmSync(join(folder, 'calibration'), { recursive: true })
  expect((await runCli(['report', folder])).code).toBe(0)
  expect(reportOf(folder).verdicts[0]).toMatchObject({ verdict: 'degraded' })
  expect(reportOf(folder).verdicts[0]?.error).toBeUndefined()
})

test('a run calibrates itself after its drain, and the next one like it takes that from the cache', async () => {
  const env = { ASSAY_CACHE: temporaryFolder() }
  const load = ['--concurrency', '2', '--requests', '60', '--output-tokens', '16', '--calibrate', 'auto']
  const once = async () => {
    const folder = join(temporaryFolder(), 'run')
    const { code } = await runCli(['quick', reference.url, ...load, '--out', folder, '--quiet'], env)
    expect(code).toBe(0)
    const facts = JSON.parse(
      readFileSync(join(folder, 'calibration', 'calibration.json'), 'utf8'),
    ) as CalibrationFacts
    expect(existsSync(join(folder, 'timeline.ndjson'))).toBe(false)
    return { facts, verdict: reportOf(folder).verdicts[0] }
  }
  const first = await once()
  expect(first.facts).toMatchObject({ cached: false, timing: 'replay', transport: 'http1' })
  expect(first.verdict?.error?.ttftBiasMs).toEqual(expect.any(Number))
  const second = await once()
  // On a busy machine the first one was disturbed, and is not kept.
  if (second.facts.cached) expect(second.verdict?.error).toEqual(first.verdict?.error)
  else expect(second.facts.createdAt).not.toBe(first.facts.createdAt)
})

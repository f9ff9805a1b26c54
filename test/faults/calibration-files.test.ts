// A calibration is files beside the run's own: what a verdict says of the client's error is worked out from them again.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CalibrationFacts } from '../../src/model/calibration.ts'
import type { Report } from '../../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../../src/reference/spawn.ts'
import { readCalibration } from '../../src/study/calibration/finish-calibration.ts'
import { temporaryFolder } from '../measure.ts'
import { runCli } from '../run-cli.ts'

let reference: SpawnedReference
beforeAll(async () => {
  // In the middle of what the cache takes for alike: a few ms more or less are the same shape.
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 25, itlMs: 11 } })
})
afterAll(() => reference.close())

function reportIn(folder: string): Report {
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
}

function factsIn(folder: string): CalibrationFacts {
  return JSON.parse(readFileSync(join(folder, 'calibration', 'calibration.json'), 'utf8')) as CalibrationFacts
}

/** A short calibrated run whose calibrations are kept in `cache`. */
async function calibratedRun(cache: string): Promise<string> {
  const folder = join(temporaryFolder(), 'run')
  const load = ['--concurrency', '4', '--requests', '40', '--output-tokens', '10', '--calibrate', 'auto']
  const { code, stderr } = await runCli(['quick', reference.url, ...load, '--out', folder, '--quiet'], {
    ASSAY_CACHE: cache,
  })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return folder
}

async function reportAgain(folder: string): Promise<Report> {
  for (const name of readdirSync(folder)) if (name.startsWith('report.')) rmSync(join(folder, name))
  expect((await runCli(['report', folder])).code).toBe(0)
  return reportIn(folder)
}

test('the whole verdict comes out the same from the Parquet files, and without them nothing is trusted', async () => {
  const folder = await calibratedRun(temporaryFolder())
  const first = reportIn(folder)
  expect(first.verdicts[0]?.error).toEqual({
    ttftBiasMs: expect.any(Number),
    ttftP99Ms: expect.any(Number),
    eventP99Ms: expect.any(Number),
  })
  const again = await reportAgain(folder)
  expect(again.verdicts).toEqual(first.verdicts)
  expect(again.findings).toEqual(first.findings)

  rmSync(join(folder, 'calibration'), { recursive: true })
  const without = await reportAgain(folder)
  const [verdict] = without.verdicts
  const found = without.findings.find(({ code }) => code === 'not-calibrated')
  expect(verdict?.verdict).not.toBe('trusted')
  expect(verdict?.reasons).toContain(found?.message)
  expect(verdict?.error).toBeUndefined()
})

test('a calibration that nothing disturbed serves the next run of the same shape; one that was disturbed does not', async () => {
  const cache = temporaryFolder()
  const first = await calibratedRun(cache)
  const isQuiet = (await readCalibration(first))?.disturbedSeconds === 0
  const kept = join(cache, 'calibrations')
  expect(existsSync(kept) && readdirSync(kept).length > 0).toBe(isQuiet)

  const second = await calibratedRun(cache)
  expect(factsIn(second).cached).toBe(isQuiet)
  expect(factsIn(second).createdAt === factsIn(first).createdAt).toBe(isQuiet)
  if (isQuiet) expect(reportIn(second).verdicts[0]?.error).toEqual(reportIn(first).verdicts[0]?.error)
})

// A load whose start fits the descriptor limit and whose growth does not: nothing can be said before it is sent.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryPath } from '../../src/model/entry.ts'
import type { Report } from '../../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../../src/reference/spawn.ts'
import { temporaryFolder } from '../measure.ts'

let reference: SpawnedReference
beforeAll(async () => {
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 10 } })
})
afterAll(() => reference.close())

test('descriptors that run out in mid-run make the run client-bound, and it keeps its records', () => {
  const folder = join(temporaryFolder(), 'run')
  const cli = `${process.execPath} ${entryPath('bin/main')}`
  const load = '--rate 30 --duration 5 --output-tokens 400 --calibrate skip --quiet'
  const command = `ulimit -n 130; exec ${cli} quick ${reference.url} ${load} --out ${folder}`
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
  const found = report.findings.find(({ code }) => code === 'client-descriptors')
  expect(found?.severity).toBe('invalid')
  expect(report.verdicts[0]?.verdict).toBe('client-bound')
  expect(report.verdicts[0]?.reasons).toContain(found?.message)
  expect(report.findings.map(({ code }) => code)).not.toContain('open-counts')
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryPath } from '../src/model/entry.ts'
import type { Report } from '../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'

const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0
const runs = canMount || process.env.CI === 'true'
let reference: SpawnedReference

beforeAll(async () => {
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 1, itlMs: 1 } })
})
afterAll(() => reference.close())

test.skipIf(!runs)(
  `a full disk ends the run and loses no finished record${runs ? '' : ' (skipped: unshare -rm)'}`,
  () => {
    const folder = temporaryFolder()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const cli = `${process.execPath} ${entryPath('bin/main')}`
    const script = join(folder, 'script.sh')
    writeFileSync(
      script,
      `mount -t tmpfs -o size=2m none ${disk}
${cli} quick ${reference.url} --concurrency 16 --duration 60 --output-tokens 200 --quiet --out ${disk}/run 2>&1
echo "code $?"
mount -o remount,size=64m ${disk}
${cli} report ${disk}/run >/dev/null 2>&1
echo "report $?"
${cli} query ${disk}/run "select outcome, count(*) as n from requests group by outcome" --json
cat ${disk}/run/run.json
cp ${disk}/run/report.json ${folder}`,
    )
    const { stdout } = spawnSync('unshare', ['-rm', 'sh', script], { encoding: 'utf8', timeout: 60_000 })
    expect(stdout).toMatch(/the disk is full/)
    expect(stdout).toContain('code 5')
    expect(stdout).toContain('report 0')
    // What was in flight when the disk got full ended in the space kept for it: nothing is cut, nothing lost.
    expect(JSON.parse(/^\[$[\s\S]*?^\]$/m.exec(stdout)?.[0] ?? '[]')).toEqual([
      { outcome: 'completed', n: expect.any(Number) },
    ])
    expect(stdout).not.toContain('lostRecords')
    expect(stdout).toContain('"ended": "storage"')
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
    const early = report.findings.find(({ code }) => code === 'ended-early')
    expect(early).toMatchObject({ severity: 'invalid', advice: 'Make room on the disk and repeat the run.' })
    expect(report.verdicts[0]?.verdict).not.toBe('trusted')
    expect(report.verdicts[0]?.reasons).toContain(early?.message)
  },
)

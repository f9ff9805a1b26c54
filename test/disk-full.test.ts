import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryPath } from '../src/model/entry.ts'
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
cat ${disk}/run/run.json`,
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
  },
)

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

let slow: SpawnedReference
let fast: SpawnedReference

beforeAll(async () => {
  slow = await spawnReference({ timing: { kind: 'fixed', ttftMs: 40, itlMs: 4 } })
  fast = await spawnReference({ timing: { kind: 'fixed', ttftMs: 10, itlMs: 2 } })
})
afterAll(() => Promise.all([slow.close(), fast.close()]))

test('a study runs its cells in alternating order and compares them in one table', async () => {
  const folder = temporaryFolder()
  const study = join(folder, 'pair.yaml')
  writeFileSync(
    study,
    `repeats: 2
targets:
  - { name: slow, url: "${slow.url}", headers: { X-Api-Key: top-secret-key } }
  - { name: fast, url: "${fast.url}", dialect: openai-completions }
workloads: [{ prompt: { tokens: 16 }, output: { tokens: 8 } }]
loads: [{ concurrency: 2, requests: 10 }, { rate: 100, requests: 12 }]
`,
  )
  const out = join(folder, 'out')
  const { code, stdout, stderr } = await runCli(['run', study, '--out', out])
  expect(stderr).toContain('report.html')
  expect(code).toBe(0)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(stdout).toMatch(/slow +\d/)
  expect(stdout).toMatch(/fast +\d/)

  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report
  expect(report.runs.map((run) => `${run.load} ${run.target} ${run.repeat}`)).toEqual([
    'c2 slow 0',
    'c2 fast 0',
    'c2 fast 1',
    'c2 slow 1',
    'poisson-100 slow 0',
    'poisson-100 fast 0',
    'poisson-100 fast 1',
    'poisson-100 slow 1',
  ])
  const ttft = (target: string) =>
    report.results.find(
      (r) =>
        r.metric === 'ttft' &&
        r.target === target &&
        r.load === 'c2' &&
        r.repeat === 'pooled' &&
        r.q === 0.5 &&
        r.from === 'sent',
    )
  expect(ttft('slow')?.n).toBe(20)
  expect((ttft('slow')?.value ?? 0) - (ttft('fast')?.value ?? 0)).toBeGreaterThan(20)
  const intended = report.results.filter((r) => r.from === 'intended' && r.metric === 'ttft')
  expect([...new Set(intended.map((r) => r.load))]).toEqual(['poisson-100'])
  expect(new Set(report.runs.map((run) => run.workloadSha256)).size).toBe(1)

  expect(readdirSync(out).sort()).toEqual(
    ['report.html', 'report.json', 'report.md', 'runs', 'server', 'study.json', 'summary.csv'].sort(),
  )
  expect(readFileSync(join(out, 'study.json'), 'utf8')).not.toContain('top-secret-key')
  // A row for each target and load, and the header.
  expect(readFileSync(join(out, 'summary.csv'), 'utf8').trim().split('\r\n')).toHaveLength(5)

  const query = await runCli([
    'query',
    out,
    'select count(*) as n, count(distinct run) as runs from requests',
    '--json',
  ])
  expect(JSON.parse(query.stdout)).toEqual([{ n: 96, runs: 8 }])
})

test('an input that a target cannot be sent stops the study before its first request', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'mixed.jsonl'), '{"prompt": "Why?"}\n{"prompt": [1, 2]}\n')
  const study = join(folder, 'mixed.yaml')
  writeFileSync(
    study,
    `targets: [{ url: "${fast.url}" }]\nworkloads: [{ source: jsonl, path: mixed.jsonl }]\n`,
  )
  const { code, stderr } = await runCli(['run', study, '--out', join(folder, 'out')])
  expect(stderr).toContain('openai-chat cannot send prompts of token ids')
  expect(code).toBe(2)
  expect(readdirSync(folder).sort()).toEqual(['mixed.jsonl', 'mixed.yaml'])
})

test('a target that fails late takes nothing from the runs before it', async () => {
  const folder = temporaryFolder()
  const study = join(folder, 'late.yaml')
  writeFileSync(
    study,
    `targets: [{ name: good, url: "${fast.url}" }, { name: gone, url: "http://127.0.0.1:9", model: m }]
workloads: [{ prompt: { tokens: 16 }, output: { tokens: 4 } }]
loads: [{ concurrency: 2, requests: 6 }]
`,
  )
  const out = join(folder, 'out')
  const { code, stderr } = await runCli(['run', study, '--out', out])
  expect(code).toBe(3)
  expect(stderr).toContain('Target "gone" does not answer at http://127.0.0.1:9: nothing listens there')
  expect(stderr).toContain(`assay report ${out}`)
  const again = await runCli(['report', out])
  expect(again.code).toBe(0)
  expect(again.stdout).toContain('good')
})

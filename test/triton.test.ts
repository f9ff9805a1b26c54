// A real Triton server (that of the package nvidia-pytriton) with a decoupled Python model that says words at a pace.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import { readRun } from '../src/store/index.ts'
import { engineStudy, outputTokens, requests, setupEngine } from './engine-study.ts'
import { temporaryFolder } from './measure.ts'
import { runCli, startCli } from './run-cli.ts'

beforeAll(() => setupEngine('triton-python'), 300_000)

test.each([
  'triton-generate',
  'kserve-grpc',
])('%s: every request answered in full, as many as the server counted', async (dialect) => {
  const { report, data } = await engineStudy('triton-python', {}, { dialect })
  expect(report.runs[0]?.counts.measure).toMatchObject({ planned: requests, completed: requests, failed: 0 })
  const measured = data.records.filter(({ phase }) => phase === 1)
  expect(measured.map(({ outputTokens: count }) => [count?.value, count?.source])).toEqual(
    Array.from({ length: requests }, () => [outputTokens, 'usage']),
  )
  expect(measured.every(({ events }) => events.atNs.length === outputTokens)).toBe(true)
  expect(report.serverCounters.map(({ counter, state }) => `${counter} ${state}`)).toEqual([
    'requests-finished agrees',
  ])
  expect(data.run.target.engineInfo).toMatchObject({ engine: 'triton-python', version: '2.51.0' })
})

test('whole answers over generate, and 200 streams at a time over gRPC', async () => {
  const folder = temporaryFolder()
  const study = join(folder, 'study.yaml')
  const engine = { engine: 'triton-python', body: { delay_ms: 5 } }
  writeFileSync(
    study,
    JSON.stringify({
      targets: [
        { name: 'whole', ...engine, dialect: 'triton-generate', dialectOptions: { reply: 'whole' } },
        { name: 'streams', ...engine, dialect: 'kserve-grpc' },
      ],
      workloads: [{ prompt: { tokens: 16 }, output: { tokens: 20 } }],
      // The machine may be busy with other tests.
      loads: [{ burst: 200, drain: 120 }],
    }),
  )
  const out = join(folder, 'results')
  mkdirSync(folder, { recursive: true })
  const { code, stderr } = await runCli(['run', study, '--allow-launch', '--quiet', '--out', out])
  expect([code, stderr]).toEqual([0, ''])
  const runs = readdirSync(join(out, 'runs')).map((name) => join(out, 'runs', name))
  for (const run of runs) {
    const { records, run: described } = await readRun(run)
    const measured = records.filter(({ phase }) => phase === 1)
    expect(measured).toHaveLength(200)
    const whole = described.cell.target.name === 'whole'
    for (const { outcome, outputTokens: count, events } of measured) {
      expect(outcome).toEqual({ kind: 'completed', finishReason: 'length' })
      expect(count).toEqual({ value: 20, source: 'usage' })
      expect(events.atNs).toHaveLength(whole ? 1 : 20)
    }
  }
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report
  expect(report.targets.map(({ settings }) => settings.transport)).toEqual(['http1', 'grpc'])
})

test('a running server: probed over both, infer and a missing model refused with the way out', async () => {
  const cli = startCli(['engines', 'run', 'triton-python', '--port', '18481'])
  await cli.sees(/Serving pace at http:\/\/127\.0\.0\.1:18481/)
  const http = 'http://127.0.0.1:18481'
  const grpc = 'grpc://127.0.0.1:18482'
  for (const [url, dialect] of [
    [http, 'triton-generate'],
    [grpc, 'kserve-grpc'],
  ] as const) {
    const probe = await runCli(['probe', url, '--json'])
    expect(JSON.parse(probe.stdout)).toMatchObject({
      server: { name: 'triton', version: '2.51.0' },
      models: [{ name: 'pace' }],
      dialects: [{ dialect, state: 'answers' }],
    })
  }
  const quick = (...args: string[]) =>
    runCli(['quick', ...args, '--requests', '2', '--out', join(temporaryFolder(), 'run')])
  const infer = await quick(http, '--dialect', 'triton-infer')
  expect(infer.stderr).toContain('The model is decoupled: infer over HTTP does not serve such models.')
  const missing = await quick(grpc, '--model', 'nope')
  expect(missing.stderr).toContain(`Request for unknown model: 'nope'`)
  cli.child.kill('SIGINT')
  expect((await cli.done).code).toBe(0)
  await expect(fetch(http)).rejects.toThrowError('fetch failed')
})

import { beforeAll, expect, test } from 'vitest'
import { engineStudy, outputTokens, requests, setupEngine } from './engine-study.ts'
import { runCli, startCli } from './run-cli.ts'

beforeAll(() => setupEngine('xllamacpp'))

const options = { model: 'assay-bigram', maxBatch: 2, threads: 1, contextTokens: 512, prefixCache: false }

test('llama.cpp’s own server, two of it: every request answered in full, by both', async () => {
  const { report, data, log } = await engineStudy('xllamacpp', { ...options, replicas: 2 })
  expect(report.runs[0]?.counts.measure).toMatchObject({ planned: requests, completed: requests, failed: 0 })
  const measured = data.records.filter(({ phase }) => phase === 1)
  expect(measured.map(({ outputTokens: count }) => [count?.value, count?.source])).toEqual(
    Array.from({ length: requests }, () => [outputTokens, 'usage']),
  )
  expect(new Set(measured.map(({ endpoint }) => endpoint))).toEqual(new Set([0, 1]))
  expect(data.run.target).toMatchObject({
    model: 'assay-bigram',
    dialect: 'openai-completions',
    engineInfo: { engine: 'xllamacpp', maxBatch: 2, replicas: 2, version: '2026.10.11549' },
  })
  expect(log).toContain('listening at')
})

test('its chat route, after a pre-flight of the worst case, started anew for the run', async () => {
  const target = { dialect: 'openai-chat', preflight: true, restart: true }
  const { report, log } = await engineStudy('xllamacpp', { ...options, batching: 'static' }, target)
  expect(report.runs[0]?.counts.measure).toMatchObject({ completed: requests, failed: 0 })
  expect(log.match(/listening at/g)).toHaveLength(2)
})

test('a model that is no model: its last words are shown, and nothing is left running', async () => {
  const { code, stderr } = await runCli([
    'engines',
    'run',
    'xllamacpp',
    '--port',
    '0',
    '--opt',
    'model=/etc/hostname',
  ])
  expect(code).toBe(2)
  expect(stderr).toContain('"port" of the engine xllamacpp cannot be 0.')
  const failed = engineStudy('xllamacpp', { model: '/etc/hostname' })
  await expect(failed).rejects.toThrowError(
    /xllamacpp did not start: it ended with code \d+\. Its last words:\n[\s\S]*hostname/,
  )
})

test('assay engines run serves it until Ctrl-C', async () => {
  const cli = startCli(['engines', 'run', 'xllamacpp', '--port', '18471', '--opt', 'model=assay-bigram'])
  await cli.sees(/Serving assay-bigram at http:\/\/127\.0\.0\.1:18471/)
  expect((await fetch('http://127.0.0.1:18471/health')).status).toBe(200)
  cli.child.kill('SIGINT')
  expect((await cli.done).code).toBe(0)
  await expect(fetch('http://127.0.0.1:18471/health')).rejects.toThrowError('fetch failed')
})

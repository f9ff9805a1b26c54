import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { engineNames } from '../src/model/engine.ts'
import { spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

test('list names every engine; show says what one has, and that it was not tried where it was not', async () => {
  const list = await runCli(['engines', 'list'])
  expect(list.stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])).toEqual([...engineNames])
  const { stdout } = await runCli(['engines', 'show', 'ollama'])
  expect(stdout).toContain('status:   not verified')
  expect(stdout).toContain('OLLAMA_NUM_PARALLEL')
  expect((await runCli(['engines', 'show', 'embedded'])).stdout).toContain('dialects: openai-chat')
})

test('command prints what would be started, and starts nothing', async () => {
  const args = [
    'engines',
    'command',
    'ollama',
    '--opt',
    'model=m',
    '--opt',
    'port=9000',
    '--opt',
    'replicas=2',
  ]
  const { code, stdout } = await runCli(args)
  expect(code).toBe(0)
  expect(stdout).toBe(
    [9000, 9001]
      .map(
        (port) => `OLLAMA_HOST=127.0.0.1:${port} OLLAMA_NUM_PARALLEL=1 OLLAMA_KEEP_ALIVE=-1 ollama serve\n`,
      )
      .join(''),
  )
})

test.each([
  [['command', 'ollama', '--opt', 'model'], 'Use name=value'],
  [['command', 'ollama', '--opt', 'model=a', '--opt', 'model=b'], '"model" is given twice.'],
  [['command', 'ollama'], 'The engine ollama needs the option "model".'],
  [['command', 'embedded'], 'The engine embedded is part of Assay'],
  [['build', 'ollama', '--opt', 'model=m'], 'The engine ollama is not built: it reads models as they are.'],
  [['build', 'embedded'], 'The engine embedded is not built'],
  [['setup', 'ollama'], 'The engine ollama is not installed by Assay.'],
  [['setup', 'reference'], 'The engine reference needs no setup.'],
  [['setup', 'xllamacpp', '--model', 'tiny'], 'The engine xllamacpp has no model "tiny" to set up.'],
])('engines %j is refused', async (args, message) => {
  const { code, stderr } = await runCli(['engines', ...args])
  expect(code).not.toBe(0)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})

/** A study of an "ollama" that is this shell script. */
function studyOf(
  script: string,
  options: Readonly<Record<string, unknown>> = {},
  target: object = {},
): string {
  const folder = temporaryFolder()
  const binary = join(folder, 'ollama')
  writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const study = join(folder, 'study.yaml')
  const one = { name: 'it', engine: 'ollama', options: { model: 'm', binary, ...options }, ...target }
  writeFileSync(study, JSON.stringify({ targets: [one], loads: [{ concurrency: 1, requests: 1 }] }))
  return study
}

const runStudy = (study: string, ...flags: string[]) =>
  runCli(['run', study, '--quiet', '--out', join(temporaryFolder(), 'out'), ...flags])

test('a study that starts commands shows them and needs leave', async () => {
  const { code, stderr } = await runStudy(studyOf('touch started'))
  expect(code).toBe(2)
  expect(stderr).toContain('The study starts commands on this machine:')
  expect(stderr).toMatch(/OLLAMA_HOST=127\.0\.0\.1:PORT .*ollama serve/)
  expect(stderr).toContain('--allow-launch')
})

test('an engine that ends at once: how, and its last words without escape sequences', async () => {
  const { code, stderr } = await runStudy(
    studyOf("printf 'no \\033[31mGPU\\033[0m here\\n'; exit 3"),
    '--allow-launch',
  )
  expect(code).toBe(3)
  expect(stderr).toContain('ollama did not start: it ended with code 3. Its last words:\nno GPU here')
})

test('an engine that never answers is ended when its time is up', async () => {
  const study = studyOf('echo Application startup complete; exec sleep 300', { startTimeout: 1 })
  const { code, stderr } = await runStudy(study, '--allow-launch')
  expect(code).toBe(3)
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/ollama did not answer at http:\S+ within 1 s/)
})

test('a port that is taken is told before anything starts', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const { code, stderr } = await runStudy(studyOf('exec sleep 300', { port }), '--allow-launch')
  server.close()
  expect(code).toBe(3)
  expect(stderr).toContain(`Port ${port} cannot be used`)
})

test('a dialect that the engine does not speak is refused', async () => {
  const { stderr } = await runStudy(studyOf('true', {}, { dialect: 'tgi' }), '--allow-launch')
  expect(stderr).toContain('Target "it": the engine ollama does not speak tgi.')
})

test('the reference server is started without leave, and is known to be simulated', async () => {
  const folder = temporaryFolder()
  const study = join(folder, 'study.yaml')
  const target = { name: 'it', engine: 'reference', options: { ttftMs: 5, itlMs: 1 } }
  writeFileSync(study, JSON.stringify({ targets: [target], loads: [{ concurrency: 1, requests: 2 }] }))
  const { code, stdout } = await runStudy(study)
  expect(code).toBe(0)
  expect(stdout).toContain('simulated timings')
})

test('a worst case that the server does not bear is told before the run', async () => {
  const reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 5, itlMs: 1 } })
  const study = join(temporaryFolder(), 'study.yaml')
  // The first request, which all targets get, is answered.
  const target = { name: 'it', url: `${reference.url}/fault/cut@3`, preflight: true }
  writeFileSync(study, JSON.stringify({ targets: [target], loads: [{ concurrency: 5, requests: 2 }] }))
  const { code, stderr } = await runStudy(study)
  await reference.close()
  expect(code).toBe(3)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'Target "it" does not bear the worst case: 2 of 5 requests failed',
  )
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function npm(cwd: string, ...args: string[]) {
  const done = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  expect(done.stderr.replaceAll(/^npm warn.*$/gm, '').trim(), `npm ${args.join(' ')}`).toBe('')
  expect(done.status).toBe(0)
  return done.stdout
}

test('the packed package runs where it is installed', async () => {
  const folder = temporaryFolder()
  npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder)
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }')
  npm(home, 'install', join(folder, packed ?? ''))
  expect(readdirSync(join(home, 'node_modules'))).not.toContain('node-llama-cpp')

  const bin = join(home, 'node_modules', '.bin', 'assay')
  const assay = (...args: string[]) => {
    const done = spawnSync(bin, args, { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' })
    return { code: done.status, out: done.stdout, err: done.stderr }
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  expect(assay('--version').out.trim()).toBe(version)

  // Without the optional engine: one clear sentence and the one-line install.
  const none = assay('quick', '--out', 'none')
  expect(none.code).toBe(3)
  expect(none.err).toContain('assay engines setup embedded')

  // Out of process: this one waits for the command.
  const reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 5, itlMs: 1 } })
  const run = assay(
    'quick',
    reference.url,
    '--requests',
    '20',
    '--output-tokens',
    '4',
    '--out',
    'run',
    '--json',
  )
  await reference.close()
  expect(run.code, run.err).toBe(0)
  expect(JSON.parse(run.out)).toMatchObject({ schema: 'assay-report/1', runs: [{ ended: 'completed' }] })
  expect(readdirSync(join(home, 'run'))).toContain('report.html')

  const library = `import { analyze, runStudy, loadStudy } from 'llm-assay'
console.log([analyze, runStudy, loadStudy].map((f) => typeof f).join(' '))`
  const imported = spawnSync(process.execPath, ['--input-type=module', '-e', library], {
    cwd: home,
    encoding: 'utf8',
  })
  expect(imported.stdout.trim()).toBe('function function function')
}, 180_000)

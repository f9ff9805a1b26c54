import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeRng } from '../src/random/rng.ts'
import { begin, engineWith, until } from './docker-launch.ts'
import { temporaryFolder } from './measure.ts'

beforeEach(() => {
  vi.stubEnv('ASSAY_CACHE', temporaryFolder())
  return () => vi.unstubAllEnvs()
})

const rng = makeRng(11)
test.each([
  ...Array.from({ length: 5 }, () => rng.int(100, 1500)),
  'running' as const,
])('kill -9 of Assay (%s) leaves no container', async (when) => {
  const docker = await engineWith('create-slow')
  const parent = fileURLToPath(new URL('docker-parent.mjs', import.meta.url))
  const child = spawn(process.execPath, [parent, join(temporaryFolder(), 'log')], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  if (when === 'running') {
    await until(() => [...docker.containers.values()].some(({ running }) => running))
  } else {
    await new Promise((resolve) => setTimeout(resolve, when))
  }
  child.kill('SIGKILL')
  const made = () => docker.asked.filter((ask) => ask === 'POST /containers/create').length
  // Whoever was about to make one has done so by then.
  await new Promise((resolve) => setTimeout(resolve, 500))
  await until(() => docker.containers.size === 0)
  if (made() > 0) await until(() => docker.asked.some((ask) => ask.startsWith('DELETE')))
  if (when === 'running') expect(made()).toBe(1)
  expect(existsSync(docker.socketPath)).toBe(true)
})

test('a guard that was killed leaves the container to Assay', async () => {
  const docker = await engineWith()
  const engine = await begin().running
  const [name = ''] = docker.containers.keys()
  for (const pid of guardsOf()) process.kill(pid, 'SIGKILL')
  expect(docker.containers.get(name)?.running).toBe(true)
  await engine.stop()
  expect(docker.containers.size).toBe(0)
})

/** Guards of containers that this process started. */
function guardsOf(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  return children
    .map(Number)
    .filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('docker/guard-child'))
}

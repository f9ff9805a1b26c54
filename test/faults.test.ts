// What can go wrong with a client, done on purpose. Other load on the machine adds findings of its own, so a test asks
// for the one that must be there.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { entryPath } from '../src/model/entry.ts'
import type { Report } from '../src/model/report.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { temporaryFolder } from './measure.ts'
import { type RunningCli, startCli } from './run-cli.ts'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/faults/${name}`, import.meta.url))
const canUnshare = spawnSync('unshare', ['-rn', 'true']).status === 0 || process.env.CI === 'true'

let reference: SpawnedReference
beforeAll(async () => {
  reference = await spawnReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 10 } })
})
afterAll(() => reference.close())

const steady = ['--concurrency', '4', '--duration', '3', '--output-tokens', '20']

/** Begins `assay quick` against a server; `ended` gives its report. */
function begin(url: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const folder = join(temporaryFolder(), 'run')
  const cli: RunningCli = startCli(['quick', url, ...flags, '--out', folder], env)
  const ended = async () => {
    const { code, stderr } = await cli.done
    expect(stderr).toContain('Report:')
    expect(code).toBe(0)
    return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
  }
  return { cli, folder, ended }
}

/** Codes of the findings that the verdict rests on. An uncalibrated run is never trusted, so the verdict alone says little. */
function blamedIn(report: Report): string[] {
  const reasons = report.verdicts[0]?.reasons ?? []
  return report.findings.filter(({ message }) => reasons.includes(message)).map(({ code }) => code)
}

/** Whether a connection to a local port waits for an answer to its SYN, which on loopback means that it was refused. */
function waitsForPort(port: number): boolean {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 02`
  return readFileSync('/proc/net/tcp', 'utf8').includes(address)
}

test('a load thread that stands still for 20 ms', async () => {
  const env = { NODE_OPTIONS: `--require ${JSON.stringify(fixture('block-loop.cjs'))}` }
  const report = await begin(reference.url, steady, env).ended()
  expect(report.verdicts[0]?.affected.requests).toBeGreaterThan(0)
  // Where others take the core in the same second, the pause may be put down to them, or to what they made longer.
  const causes = ['loop-blocked', 'run-queue', 'steal', 'gc-pause', 'process-stopped']
  const blamed = blamedIn(report)
  expect(
    causes.filter((code) => blamed.includes(code)),
    blamed.join(),
  ).not.toEqual([])
})

test('a client that is stopped for 200 ms', async () => {
  const { cli, ended } = begin(reference.url, steady)
  await cli.sees(/started/)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  cli.child.kill('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, 200))
  cli.child.kill('SIGCONT')
  const report = await ended()
  // As above: a thread that waited long for its core in that second is said to have waited.
  const causes = ['process-stopped', 'run-queue', 'steal']
  expect(blamedIn(report).filter((code) => causes.includes(code))).not.toEqual([])
  expect(report.verdicts[0]?.affected.requests).toBeGreaterThan(0)
})

test('busy neighbours on every core: trusted only with a small error', async () => {
  const spins = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  onTestFinished(() => void spins.map((spin) => spin.kill('SIGKILL')))
  const env = { ASSAY_CACHE: temporaryFolder() }
  const load = ['--rate', '200', '--duration', '3', '--output-tokens', '20', '--calibrate', 'auto']
  const report = await begin(reference.url, load, env).ended()
  const [verdict] = report.verdicts
  const { ttftP99Ms = Number.POSITIVE_INFINITY, eventP99Ms = Number.POSITIVE_INFINITY } = verdict?.error ?? {}
  if (verdict?.verdict === 'trusted') expect(Math.max(ttftP99Ms, eventP99Ms)).toBeLessThanOrEqual(2)
  else expect(verdict?.reasons).not.toEqual([])
})

test('more requests in flight than connections were opened ahead', async () => {
  const load = ['--rate', '60', '--duration', '3', '--output-tokens', '400']
  const report = await begin(reference.url, load).ended()
  const found = report.findings.find(({ code }) => code === 'connections-made')
  expect(found?.severity).toBe('warning')
  expect(report.verdicts[0]?.reasons).toContain(found?.message)
})

test('too few descriptors: said before anything is sent', async () => {
  await reference.reset()
  const cli = `${process.execPath} ${entryPath('bin/main')}`
  const command = `ulimit -n 100; exec ${cli} quick ${reference.url} --concurrency 200 --out ${temporaryFolder()}/run`
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toMatch(/needs about 264 open files \(one a connection\), but this process may have 100/)
  expect(stderr).toContain('ulimit -Hn 264')
  expect((await reference.truth()).requests).toEqual([])
})

test.skipIf(!canUnshare)('no local port left', () => {
  const folder = temporaryFolder()
  const script = join(folder, 'script.sh')
  const cli = `${process.execPath} ${entryPath('bin/main')}`
  const load =
    '--concurrency 200 --requests 400 --output-tokens 20 --connections fresh --calibrate skip --quiet'
  writeFileSync(
    script,
    `ip link set lo up
echo '32768 32867' > /proc/sys/net/ipv4/ip_local_port_range
${cli} reference serve --port 8100 --ttft 200 --itl 10 2>${folder}/server.log &
until grep -q 8100 ${folder}/server.log; do sleep 0.1; done
${cli} quick http://127.0.0.1:8100 ${load} --out ${folder}/run >/dev/null
kill %1`,
  )
  spawnSync('unshare', ['-rn', 'bash', script], { timeout: 30_000 })
  const report = JSON.parse(readFileSync(join(folder, 'run', 'report.json'), 'utf8')) as Report
  expect(report.verdicts[0]?.verdict).toBe('client-bound')
  expect(report.findings.find(({ code }) => code === 'client-ports')?.severity).toBe('invalid')
})

test('an accept queue that overflows', async () => {
  const server = spawn(process.execPath, [fixture('small-queue.cjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void server.kill('SIGKILL'))
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const port = Number(line)
  const url = `http://127.0.0.1:${port}`
  const load = ['--burst', '12', '--connections', 'fresh', '--dialect', 'openai-completions', '--model', 'm']
  const { cli, ended } = begin(url, [...load, '--output-tokens', '1'])
  await cli.sees(/started/)
  server.kill('SIGSTOP')
  await vi.waitUntil(() => waitsForPort(port), { timeout: 20_000 })
  server.kill('SIGCONT')
  const report = await ended()
  // The kernel sends a SYN again after a second, whatever the server does meanwhile.
  expect(blamedIn(report)).toContain('syn-retransmit')
})

test('nothing wrong: trusted, or degraded for what the machine did', async () => {
  const env = { ASSAY_CACHE: temporaryFolder() }
  const report = await begin(reference.url, [...steady, '--calibrate', 'auto'], env).ended()
  const [verdict] = report.verdicts
  expect(verdict?.error?.ttftBiasMs).toEqual(expect.any(Number))
  expect(verdict?.usefulCpuShare).toBeGreaterThan(0)
  if (verdict?.verdict === 'trusted') return
  const ofMachine = ['run-queue', 'steal', 'loop-blocked', 'gc-pause', 'calibration-error', 'cpu-throttled']
  const said = report.findings.filter(({ message }) => verdict?.reasons.includes(message))
  for (const { code } of said) expect(ofMachine).toContain(code)
})

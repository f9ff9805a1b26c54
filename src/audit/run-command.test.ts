import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeClock } from '../model/clock.ts'
import { type RunningCommand, runCommand } from './run-command.ts'

function run(script: string, show?: (text: string, running: RunningCommand) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const logFile = join(folder, 'log')
  const running: RunningCommand = runCommand({
    words: [process.execPath, '-e', script],
    logFile,
    clock: makeClock(),
    ...(show === undefined ? {} : { show: (text: string) => show(text, running) }),
  })
  return { running, log: () => readFileSync(logFile, 'utf8') }
}

test('what a command prints is kept and shown, and its end is known', async () => {
  let shown = ''
  const { running, log } = run('console.log("one"); console.error("two"); process.exitCode = 3', (text) => {
    shown += text
  })
  const { end, startNs, endNs } = await running.done
  expect(end).toEqual({ code: 3, interrupted: false })
  expect(log().split('\n').sort()).toEqual(['', 'one', 'two'])
  expect(shown).toBe(log())
  expect(endNs).toBeGreaterThan(startNs)
})

const stubborn = `
  process.on('SIGINT', () => console.log('no'))
  process.on('SIGTERM', () => console.log('never'))
  setInterval(() => {}, 1000)
  console.log('ready')`

test('an interruption becomes firmer with every call', async () => {
  const { running, log } = run(stubborn, (_, { interrupt }) => interrupt())
  expect((await running.done).end).toEqual({ signal: 'SIGKILL', interrupted: true })
  expect(log()).toBe('ready\nno\nnever\n')
})

test('a command that obeys ends in its own way', async () => {
  const obey = `process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')`
  const { running } = run(obey, (_, { interrupt }) => interrupt())
  expect((await running.done).end).toEqual({ code: 7, interrupted: true })
})

test('what a command leaves behind is ended with it', async () => {
  const leaving = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    console.log(child.pid)
    child.unref()`
  const { running, log } = run(leaving)
  expect((await running.done).end).toEqual({ code: 0, interrupted: false })
  const pid = Number(log())
  expect(pid).toBeGreaterThan(0)
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      break
    }
    // Killed, but perhaps not yet waited for by the init process.
    if (/^\d+ \(.*\) [ZX]/.test(readStat(pid))) break
    await new Promise((resolve) => setImmediate(resolve))
  }
})

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

test('a command that does not exist is a mistake of the command line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const running = runCommand({ words: ['no-such-tool'], logFile: join(folder, 'log'), clock: makeClock() })
  await expect(running.done).rejects.toMatchObject({
    code: 'audit-command-not-started',
    message: 'Cannot start no-such-tool: there is no such command.',
    exitCode: 2,
  })
})

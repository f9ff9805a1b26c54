import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf } from '../../model/errors.ts'
import type { GuardLine } from '../process/guard-lines.ts'
import type { ContainerOrder } from './container-order.ts'
import { LogFrames } from './frames.ts'
import { askDocker, openDocker } from './http.ts'
import { removeContainer } from './remove.ts'
import { startFailure } from './start-errors.ts'

/**
 * The guard of one container: a process in a session of its own that makes the container, follows its log to stderr, and
 * removes it when its standard input ends. So nothing is left behind, however Assay ends. The first line of stdin is the
 * order.
 */

const createMs = 120_000
/** After the container's end, for what it said last. */
const lastWordsMs = 5000
/** A log beyond this is followed no more. */
const maxLogBytes = 256 << 20

function tell(line: GuardLine<string>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

// Whoever started us may be gone by then: the container must still be removed.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

let order: ContainerOrder | undefined
let starting: Promise<boolean> | undefined
let ending = false

async function end(): Promise<void> {
  if (ending) return
  ending = true
  // A container that is being made cannot be removed yet.
  await starting?.catch(() => {})
  if (order !== undefined && !(await removeContainer(order.engine, order.name, order.patienceMs))) {
    tell({ left: [order.name] })
  }
  process.stdout.write('', () => process.exit(0))
}

/** Whether it was started. */
async function start({ engine: { socketPath, prefix }, name, body }: ContainerOrder): Promise<boolean> {
  const created = await askDocker(socketPath, {
    method: 'POST',
    path: `${prefix}/containers/create?name=${name}`,
    body,
    timeoutMs: createMs,
  })
  if (created.status !== 201) {
    tell(startFailure('create', created.status, created.message))
    return false
  }
  if (ending) return false
  const started = await askDocker(socketPath, {
    method: 'POST',
    path: `${prefix}/containers/${name}/start`,
    timeoutMs: createMs,
  })
  if (![204, 304].includes(started.status)) {
    tell(startFailure('start', started.status, started.message))
    return false
  }
  tell({ started: name })
  return true
}

/** Writes what the container says to stderr until it ends. */
async function followLog({ engine: { socketPath, prefix }, name }: ContainerOrder): Promise<void> {
  const path = `${prefix}/containers/${name}/logs?follow=1&stdout=1&stderr=1`
  const response = await openDocker(socketPath, { method: 'GET', path })
  const frames = new LogFrames()
  let written = 0
  for await (const bytes of response as AsyncIterable<Buffer>) {
    for (const text of frames.push(bytes)) {
      write(text)
      written += text.length
    }
    if (written < maxLogBytes) continue
    write(Buffer.from('\nassay: the log is longer than 256 MiB and is followed no more\n'))
    return
  }
}

function write(text: Buffer): void {
  try {
    writeSync(2, text)
  } catch {
    // A full disk or a closed terminal: the container matters more than its log.
  }
}

/** How it ended, in words. */
async function ended({ engine: { socketPath, prefix }, name }: ContainerOrder): Promise<string> {
  const path = `${prefix}/containers/${name}`
  const waited = await askDocker(socketPath, { method: 'POST', path: `${path}/wait` })
  const { StatusCode } = (waited.json ?? {}) as { readonly StatusCode?: unknown }
  const seen = await askDocker(socketPath, { method: 'GET', path: `${path}/json`, timeoutMs: lastWordsMs })
  const { State } = (seen.json ?? {}) as { readonly State?: { readonly OOMKilled?: unknown } }
  const code =
    typeof StatusCode === 'number' ? `its container ended with code ${StatusCode}` : 'its container is gone'
  return State?.OOMKilled === true ? `${code}: it ran out of memory` : code
}

async function guard(given: ContainerOrder): Promise<void> {
  order = given
  starting = start(given)
  if (!(await starting)) return end()
  const log = followLog(given).catch(() => {})
  const how = await ended(given).catch((error: unknown) => `Docker hung up (${messageOf(error)})`)
  let timer: NodeJS.Timeout | undefined
  await Promise.race([log, new Promise((resolve) => (timer = setTimeout(resolve, lastWordsMs)))])
  clearTimeout(timer)
  tell({ exited: how })
  return end()
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
process.stdin.once('error', () => void end())
createInterface({ input: process.stdin })
  .once('line', (line) => {
    guard(JSON.parse(line) as ContainerOrder).catch((error: unknown) => {
      tell({ failed: `Docker hung up: ${messageOf(error)}` })
      return end()
    })
  })
  .once('close', () => void end())

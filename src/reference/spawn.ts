import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import { entryPath } from '../model/entry.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Lateness, Truth } from '../model/truth.ts'
import type { ChildLine } from './child.ts'
import type { ReferenceOptions } from './server.ts'

/** A reference server in a process of its own. */
export interface SpawnedReference {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly epochMonotonicNs: string
  truth(): Promise<Truth>
  lateness(): Promise<Lateness>
  /** Forgets all it logged. */
  reset(): Promise<void>
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>
}

/**
 * Polling makes some 100 MB of garbage a second. With a young generation this large it is collected five times a second
 * instead of fifty, in a quarter of the time, and events wait for that a quarter as often.
 */
const heapFlags = ['--min-semi-space-size=32', '--max-semi-space-size=32']

/** Starts a reference server as a child process. Throws `reference-not-started` with the child's own words. */
export async function spawnReference(options: ReferenceOptions = {}): Promise<SpawnedReference> {
  const entry = entryPath('reference/child')
  const child = spawn(process.execPath, [...heapFlags, entry, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const gone = new Promise((resolve) => child.once('close', resolve))
  // A child that is gone already cannot be told to go.
  child.stdin.on('error', () => {})
  const line = await firstLine(child)
  const { pid } = child
  if ('error' in line || pid === undefined) {
    const why = 'error' in line ? line.error : 'it has no process id'
    throw new AssayError('reference-not-started', `The reference server did not start: ${why}`, {
      hint: `Run "node ${entry} '{}'" to see it by itself.`,
      exitCode: exitCodes.target,
    })
  }
  const { url, port, epochMonotonicNs } = line.ready
  return {
    url,
    port,
    pid,
    epochMonotonicNs,
    truth: async () => (await ask(url, 'GET', '/assay/truth')) as Truth,
    lateness: async () => ((await ask(url, 'GET', '/assay/health')) as { lateness: Lateness }).lateness,
    reset: async () => void (await ask(url, 'POST', '/assay/reset')),
    async close() {
      child.stdin.end()
      await gone
    },
  }
}

function firstLine(child: ChildProcess): Promise<ChildLine> {
  return new Promise((resolve) => {
    let out = ''
    let complaint = ''
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      complaint = (complaint + piece).slice(-2000)
    })
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      out += piece
      const end = out.indexOf('\n')
      if (end >= 0) resolve(childLine(out.slice(0, end)))
    })
    child.once('error', (error) => resolve({ error: error.message }))
    child.once('close', (code) => resolve({ error: complaint.trim() || `it ended with code ${code}` }))
  })
}

function childLine(line: string): ChildLine {
  try {
    return JSON.parse(line) as ChildLine
  } catch {
    return { error: `its first line is ${JSON.stringify(line.slice(0, 200))}` }
  }
}

async function ask(url: string, method: 'GET' | 'POST', path: string): Promise<unknown> {
  const secure = url.startsWith('https:')
  // Our own child on this host, often with a certificate made for tests: nothing to verify.
  const request = secure
    ? requestHttps(url + path, { method, agent: false, rejectUnauthorized: false })
    : requestHttp(url + path, { method, agent: false })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return JSON.parse(await text(response)) as unknown
}

import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { personas } from '../../reference/personas/index.ts'
import { readTruth } from '../../store/index.ts'
import type { CliContext } from '../context.ts'
import { latenessText, playedEngines, type ServeOptions, serve } from './reference.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-reference-'))
afterAll(() => rmSync(folder, { recursive: true }))

const defaults: ServeOptions = {
  port: 0,
  as: 'reference',
  seed: 1,
  ttft: { kind: 'fixed', value: 2 },
  itl: { kind: 'exponential', mean: 1 },
}

/** Starts to serve; `said` grows, `url` comes once it listens. */
function serving(options: Partial<ServeOptions>) {
  const signals = new EventEmitter()
  const told: string[] = []
  let heard = () => {}
  const listening = new Promise<void>((resolve) => {
    heard = resolve
  })
  const err = (text: string) => {
    told.push(text)
    if (text.startsWith('Serving')) heard()
  }
  const terminal = { err } as unknown as CliContext['terminal']
  const done = serve({ ...defaults, ...options }, { terminal }, signals)
  const said = () => told.join('')
  const url = listening.then(() => /http:\S+/.exec(said())?.[0] ?? '')
  return { signals, done, said, url }
}

test('serves until Ctrl-C and writes the log as Parquet, and nothing beside it', async () => {
  const truth = join(folder, 'truth.parquet')
  const { signals, done, said, url } = serving({ truth })
  const reply = await fetch(`${await url}/v1/completions`, {
    method: 'POST',
    headers: { 'x-request-id': 'run-4' },
    body: JSON.stringify({ prompt: 'a', max_tokens: 3, stream: true }),
  })
  await reply.text()
  signals.emit('SIGINT')
  await done
  expect(said()).toMatch(/\n3 events written; the server itself was late by /)
  expect(said()).toMatch(/\nWrote .*truth\.parquet\.\n$/)
  expect(readdirSync(folder)).toEqual(['truth.parquet'])
  const { requests } = await readTruth(truth)
  expect(requests).toMatchObject([{ requestId: 'run-4', tokens: 3, complete: true }])
  await expect(serving({ truth }).done).rejects.toMatchObject({ code: 'exists' })
})

test('a log that could not be written is refused before anything is served', async () => {
  const { done, said } = serving({ truth: join(folder, 'absent', 'truth.parquet') })
  await expect(done).rejects.toMatchObject({ code: 'no-folder' })
  expect(said()).toBe('')
})

test('a server that was on time says how late it was', () => {
  expect(latenessText({ events: 7, p50Ms: 0.01, p99Ms: 0.3, maxMs: 2 })).toBe(
    '7 events written; the server itself was late by 0.010 ms (p50), 0.300 ms (p99), 2.000 ms (most).',
  )
})

test('a server that was late itself says not to judge clients by it', () => {
  expect(latenessText({ events: 7, p50Ms: 0.01, p99Ms: 0.31, maxMs: 2 })).toMatch(
    /\(most\)\.\nIt was late itself: do not judge clients by it to better than 0\.310 ms\./,
  )
})

test('a server that wrote nothing says so', () => {
  expect(latenessText({ events: 0 })).toBe('No event was written.')
})

test('--as takes every engine that the server plays', () => {
  expect(playedEngines).toEqual(Object.keys(personas))
})

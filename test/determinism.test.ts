import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { QuickFlags } from '../src/spec/index.ts'
import { measure } from './measure.ts'

/** Bodies by position in the run, as the server received them. */
let bodies = new Map<number, string>()
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const index = /-(\d+)$/.exec(String(request.headers['x-request-id']))?.[1]
    if (index !== undefined) bodies.set(Number(index), Buffer.concat(parts).toString('utf8'))
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.end('data: {"choices":[{"text":"a","finish_reason":"length"}]}\n\ndata: [DONE]\n\n')
  })
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
})
beforeEach(() => {
  bodies = new Map()
})

async function run(flags: QuickFlags, workers: number) {
  bodies = new Map()
  const { data } = await measure({ urls: [url], model: 'm', seed: 5, ...flags }, { workers })
  const sent = [...bodies].sort(([a], [b]) => a - b)
  const offsets = data.records.map((record) => (record.intendedNs ?? 0) - (data.records[0]?.intendedNs ?? 0))
  return {
    sent,
    offsets,
    workers: new Set(data.records.map((record) => record.worker)).size,
    sha: data.run.workload.sha256,
  }
}

test.each<[string, QuickFlags]>([
  ['poisson arrivals', { rate: 400, requests: 80 }],
  ['a burst', { burst: 50 }],
  ['constant concurrency', { concurrency: 4, requests: 60 }],
  ['users', { users: 4, requests: 40 }],
])('one and two workers send the same bytes: %s', async (_, flags) => {
  const one = await run(flags, 1)
  const two = await run(flags, 2)
  expect([one.workers, two.workers]).toEqual([1, 2])
  expect(two.sha).toBe(one.sha)
  expect(one.sent.length).toBeGreaterThanOrEqual(40)
  expect(two.sent).toEqual(one.sent)
  if (flags.rate !== undefined) expect(two.offsets).toEqual(one.offsets)
})

import { expect, test } from 'vitest'
import { makeClock } from '../model/clock.ts'
import { spawnReference } from './spawn.ts'

test('a reference server in a process of its own shares our clock and tells its truth', async () => {
  const clock = makeClock()
  const server = await spawnReference({
    timing: { kind: 'fixed', ttftMs: 2, itlMs: 1 },
    epochMonotonicNs: clock.epochMonotonicNs,
  })
  const before = clock.now()
  const reply = await fetch(`${server.url}/v1/completions`, {
    method: 'POST',
    headers: { 'x-request-id': 'run-0' },
    body: JSON.stringify({ prompt: 'a', max_tokens: 3, stream: true }),
  })
  expect(await reply.text()).toContain('[DONE]')
  const after = clock.now()
  const truth = await server.truth()
  expect(truth.epochMonotonicNs).toBe(clock.epochMonotonicNs)
  const [{ requestId = '', arrivalNs = 0, eventNs = [] } = {}] = truth.requests
  expect([requestId, eventNs.length]).toEqual(['run-0', 3])
  expect(arrivalNs).toBeGreaterThan(before)
  expect(eventNs[2]).toBeLessThan(after)
  expect((await server.lateness()).events).toBe(3)
  await server.reset()
  expect((await server.truth()).requests).toEqual([])
  await server.close()
  await expect(fetch(`${server.url}/health`)).rejects.toThrow()
})

test('a child that cannot start says why', async () => {
  await expect(spawnReference({ port: -1 })).rejects.toMatchObject({
    code: 'reference-not-started',
    message: expect.stringContaining('port is -1'),
  })
})

import { expect, test } from 'vitest'
import { target, workload } from '../../test/builders.ts'
import type { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import type { Target } from '../model/target.ts'
import { freezeRequests } from '../workloads/frozen.ts'
import { checkCapabilities, withinReach } from './check-capabilities.ts'

function request(changes: Partial<Request> = {}): Request {
  return {
    id: 0,
    input: { kind: 'prompt', text: 'Hi' },
    output: { tokens: 256, mode: 'up-to' },
    sampling: { temperature: 0 },
    ...changes,
  }
}

/** The error of a study with one workload `w` of the given requests. */
function check(targets: readonly Target[], ...requests: Request[]): Promise<AssayError | undefined> {
  const frozen = new Map([['w', freezeRequests('w', requests, [])]])
  return checkCapabilities({ targets, workloads: [workload({ name: 'w' })] }, frozen).then(
    () => undefined,
    (error: AssayError) => error,
  )
}

const http = { urls: ['http://127.0.0.1:1'] }
const chat = target({ name: 'chat', dialect: 'openai-chat', ...http })
const hosted = target({ name: 'hosted', dialect: 'anthropic-messages', ...http })
const exact = { output: { tokens: 256, mode: 'exact' } } as const

test('what every dialect can say passes', async () => {
  expect(await check([chat, hosted], request())).toBeUndefined()
  expect(await check([chat], request(exact))).toBeUndefined()
})

test('a forced length needs a dialect that can force it', async () => {
  const error = await check([chat, hosted], request(exact))
  expect(error?.code).toBe('beyond-dialect')
  expect(error?.message).toBe(
    'Target "hosted" cannot run workload "w": anthropic-messages cannot force 256 output tokens: outputs will stop early.',
  )
  expect(error?.hint).toBe('Ask for lengths up to a limit (output: {mode: up-to}), or drop the target.')
})

test('every mismatch is listed once, with its target and its workload', async () => {
  const sampling = { temperature: 0, minP: 0.1, seed: 3 }
  const error = await check([chat, hosted], request({ ...exact, sampling }), request({ ...exact, sampling }))
  expect(error?.message.split('\n')).toEqual([
    'Target "hosted" cannot run workload "w": anthropic-messages has no field for minP.',
    'Target "hosted" cannot run workload "w": anthropic-messages has no field for seed.',
    'Target "hosted" cannot run workload "w": anthropic-messages cannot force 256 output tokens: outputs will stop early.',
  ])
})

test('kinds of input that come late in a workload count', async () => {
  const error = await check([chat], request(), request({ id: 1, input: { kind: 'tokens', ids: [5] } }))
  expect(error?.message).toBe(
    'Target "chat" cannot run workload "w": openai-chat cannot send prompts of token ids.',
  )
})

test('a bad description of a server is refused before anything is sent', async () => {
  expect((await check([target({ dialect: 'custom', ...http })], request()))?.code).toBe('bad-dialect-option')
})

test('targets that Assay starts are left to their start', async () => {
  const own = target({ dialect: 'anthropic-messages', urls: [], engine: { name: 'embedded', options: {} } })
  expect(await check([own], request(exact))).toBeUndefined()
})

test('a study that asked for no mode is capped where a dialect cannot force lengths', async () => {
  const study = (targets: readonly Target[]) => ({
    name: 's',
    seed: 1,
    targets,
    workloads: [workload({ name: 'w', outputMode: 'exact' })],
    loads: [],
    repeats: 1,
    capture: 'text' as const,
    limits: {},
  })
  expect((await withinReach(study([chat]))).workloads[0]?.outputMode).toBe('exact')
  expect((await withinReach(study([hosted]))).workloads[0]?.outputMode).toBe('up-to')
})

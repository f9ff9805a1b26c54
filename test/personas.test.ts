// The engines that the reference server plays: Assay takes each for what it plays, and their counters tell the truth.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadDialect } from '../src/dialects/index.ts'
import { recogniseServer } from '../src/engines/servers/index.ts'
import { personas } from '../src/reference/personas/index.ts'
import { type Reference, startReference } from '../src/reference/server.ts'
import { tritonModels } from '../src/reference/triton/models.ts'
import { readServer, type SeenServer } from '../src/study/server-pages.ts'
import { readingsOf } from '../src/telemetry/server-metrics/readings.ts'
import { readStream } from './replies.ts'

let server: Reference
beforeEach(async () => {
  server = await startReference({ timing: { kind: 'fixed', ttftMs: 2, itlMs: 0 } })
})
afterEach(() => server.close())

const see = (name: string) => readServer(`${server.url}/as/${name}`, { headers: {}, transport: 'http1' })

/** Those that go by another name: variants, and hosted services, which are known by their hosts alone. */
const playedAs: Readonly<Record<string, string>> = {
  'vllm-legacy-nul': 'vllm-legacy',
  'sglang-delta': 'sglang',
  'azure-openai': 'unknown',
  'azure-inference': 'unknown',
}

test.each(Object.keys(personas))('%s is taken for what it plays, and for simulated', async (name) => {
  const { kind, facts, seen } = await see(name)
  expect(kind.name).toBe(playedAs[name] ?? name)
  expect(facts.notices[0]).toMatch(/^simulated/)
  const lists = !['vllm-legacy', 'vllm-legacy-nul', 'azure-openai', 'azure-inference'].includes(name)
  // Triton serves a model in the way of each of its back ends.
  const also = name === 'triton' ? Object.keys(tritonModels) : []
  expect(facts.models.map((model) => model.name)).toEqual(lists ? [...also, 'reference'] : [])
  if (kind.name !== 'unknown') expect(recogniseServer(seen)?.kind.name).toBe(kind.name)
})

/** A request to each engine that counts, for 5 tokens to 3 words. */
const asks: readonly (readonly [name: string, path: string, body: object])[] = [
  ['vllm', '/v1/completions', { prompt: 'one two three', max_tokens: 5, stream: true }],
  ['tgi', '/generate_stream', { inputs: 'one two three', parameters: { max_new_tokens: 5 } }],
  ['lightllm', '/generate', { inputs: [1, 2, 3], parameters: { max_new_tokens: 5 } }],
  ['sglang', '/generate', { text: 'one two three', sampling_params: { max_new_tokens: 5 }, stream: true }],
  ['lmdeploy', '/generate', { prompt: 'one two three', max_tokens: 5, stream: true }],
  ['llamacpp', '/completion', { prompt: 'one two three', n_predict: 5, stream: true }],
  ['trtllm-serve', '/v1/completions', { prompt: [1, 2, 3], max_tokens: 5 }],
]

const valuesOf = ({ kind, seen }: SeenServer) =>
  Object.fromEntries(
    readingsOf(seen.metrics, kind.metrics?.names ?? {}).map(({ metric, value, seen }) => [
      metric,
      value ?? seen?.count,
    ]),
  )

test.each(asks)('%s counts what it served, and nothing that another one did', async (name, path, body) => {
  const send = async (base: string) => {
    const reply = await fetch(`${server.url}${base}${path}`, { method: 'POST', body: JSON.stringify(body) })
    await reply.text().catch(() => {})
  }
  await Promise.all([send(`/as/${name}`), send(`/as/${name}`), send('')])
  await send(`/as/${name}/fault/status-429`)
  expect(valuesOf(await see(name))).toMatchObject({
    'prompt-tokens': 6,
    'generated-tokens': 10,
    running: 0,
    ...(name === 'llamacpp' ? {} : { 'requests-finished': 2, 'e2e-latency': 2 }),
  })
})

test('what is cut off is no success, and its tokens are counted as far as they came', async () => {
  const ask = { method: 'POST', body: JSON.stringify({ prompt: 'a b', max_tokens: 8, stream: true }) }
  await fetch(`${server.url}/as/vllm/fault/cut/v1/completions`, ask)
    .then((reply) => reply.text())
    .catch(() => {})
  const { seen } = await see('vllm')
  const ended = seen.metrics
    .filter((sample) => sample.name === 'vllm:request_success_total')
    .map(({ labels, value }) => [labels.finished_reason, value])
  expect(Object.fromEntries(ended)).toEqual({ stop: 0, length: 0, abort: 1 })
  expect(valuesOf(await see('vllm'))).toMatchObject({ 'generated-tokens': 4, 'prompt-tokens': 2 })
})

test('counters outlive a reset of the log', async () => {
  const ask = { method: 'POST', body: JSON.stringify({ prompt: 'a b', max_tokens: 8 }) }
  await fetch(`${server.url}/as/vllm/v1/completions`, ask)
  server.reset()
  expect(server.truth().requests).toEqual([])
  expect(valuesOf(await see('vllm'))).toMatchObject({ 'generated-tokens': 8, 'requests-finished': 1 })
})

test('several prompts are logged with the answer that each event belongs to', async () => {
  const body = JSON.stringify({ prompt: ['a b', 'c'], max_tokens: 3, stream: true })
  await fetch(`${server.url}/v1/completions`, { method: 'POST', body }).then((reply) => reply.text())
  expect(server.truth().requests).toMatchObject([
    { tokens: 6, eventPrompts: [0, 1, 0, 1, 0, 1], complete: true },
  ])
  await fetch(`${server.url}/as/lmdeploy/v1/completions`, { method: 'POST', body }).then((reply) =>
    reply.text(),
  )
  expect(server.truth().requests[1]?.eventPrompts).toEqual([0, 0, 0, 1, 1, 1])
})

test.each([
  'vllm',
  'llamacpp',
  'tgi',
  'trtllm-serve',
])('%s: replies to several prompts are told apart', async (name) => {
  const fields = {
    prompt: ['a b', 'c'],
    max_tokens: 3,
    stream: true,
    stream_options: { include_usage: true },
  }
  const ask = { method: 'POST', body: JSON.stringify(fields) }
  const reply = await fetch(`${server.url}/as/${name}/v1/completions`, ask)
  const { makeReader } = await loadDialect('openai-completions')
  const said = readStream(makeReader(), await reply.text())
  const texts = new Map<string, string>()
  let prompt = 'prompt 0'
  for (const line of said) {
    if (line.startsWith('prompt ')) prompt = line
    const [, text] = /^content 1 (".*")$/.exec(line) ?? []
    if (text !== undefined) texts.set(prompt, (texts.get(prompt) ?? '') + JSON.parse(text))
  }
  expect([...texts]).toEqual([
    ['prompt 0', ' the river was'],
    ['prompt 1', ' the river was'],
  ])
  expect(said.filter((line) => line.startsWith('finish'))).toEqual(['finish length', 'finish length'])
  expect(said.findLast((line) => line.startsWith('usage'))).toMatch(/input=3 output=6/)
})

test.each([
  ['/as/vllm/v1/completions', { model: 'other', prompt: 'a' }, 404, '"error":{"message":"The model'],
  ['/as/tgi/generate', { inputs: 3 }, 422, '{"error":"inputs must be a text.","error_type":"validation"}'],
  ['/as/nothing/v1/completions', {}, 404, 'There is no persona \\"nothing\\"'],
  ['/as/ollama/fault/status-503/api/chat', {}, 503, '{"error":"Simulated refusal with status 503."}'],
  ['/fault/status-429/as/tgi/generate', {}, 429, '"error_type":"overloaded"'],
])('%s refuses %j with %i in its own words', async (path, body, status, words) => {
  const reply = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
  expect(reply.status).toBe(status)
  expect(await reply.text()).toContain(words)
})

test('a server that plays one engine is that engine at its root', async () => {
  const played = await startReference({ as: 'ollama', timing: { kind: 'fixed', ttftMs: 0, itlMs: 0 } })
  try {
    const reply = await fetch(played.url)
    expect([reply.headers.get('server'), await reply.text()]).toEqual([null, 'Ollama is running'])
    expect(reply.headers.get('x-assay-timings')).toBe('simulated')
  } finally {
    await played.close()
  }
  await expect(startReference({ as: 'nothing' })).rejects.toMatchObject({ code: 'reference-option' })
})

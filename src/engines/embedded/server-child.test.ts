import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningEngine } from '../../model/engine.ts'
import { entryPath } from '../../model/entry.ts'
import { embedded } from './index.ts'
import { parseOptions } from './options.ts'

/** The real engine, one server for all tests: two sequences, so that a third request waits. */
let folder: string
let engine: RunningEngine
const said: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-embedded-'))
  process.env.ASSAY_CACHE = folder
  const context = { logFile: join(folder, 'log.txt'), progress: (message: string) => said.push(message) }
  engine = await embedded.start({ sequences: 2 }, context)
})
afterAll(async () => {
  await engine?.stop()
  delete process.env.ASSAY_CACHE
  await rm(folder, { recursive: true })
})

const post = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(`${engine.urls[0]}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
const complete = async (body: unknown) => (await (await post('/v1/completions', body)).json()) as WholeReply

interface WholeReply {
  choices: [{ text: string; message: { role: string }; finish_reason: string }]
  usage: {
    prompt_tokens: number
    completion_tokens: number
    prompt_tokens_details?: { cached_tokens: number }
  }
}

interface Frame {
  id: string
  object: string
  model: string
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
  choices: {
    text?: string
    delta?: { role?: string; content?: string }
    finish_reason: string | null
  }[]
}

async function stream(path: string, body: object): Promise<Frame[]> {
  const response = await post(path, { ...body, stream: true })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const events = (await response.text()).split('\n\n').filter((event) => event !== '')
  expect(events.pop()).toBe('data: [DONE]')
  return events.map((event) => JSON.parse(event.replace(/^data: /, '')))
}

const metric = async (name: string) => {
  const text = await (await fetch(`${engine.urls[0]}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`assay_embedded:${name}`))
  return Number(line?.split(' ').at(-1))
}

/** Asks until the answer fits: the server hears of a closed connection a moment later. */
async function until(name: string, value: number): Promise<void> {
  while ((await metric(name)) !== value);
}

/** A streamed request whose connection can be cut; resolves when its first bytes are there. */
async function openStream(body: object): Promise<{ cut(): void }> {
  const outgoing = request(`${engine.urls[0]}/v1/completions`, { method: 'POST', agent: false })
  outgoing.on('error', () => {})
  outgoing.end(JSON.stringify({ ...body, stream: true }))
  const [incoming] = await once(outgoing, 'response')
  incoming.resume()
  incoming.on('error', () => {})
  return { cut: () => outgoing.destroy() }
}

test('the running engine says what it is', () => {
  expect(engine.model).toBe('assay-bigram')
  expect(engine.dialect).toBe('openai-chat')
  expect(engine.engineInfo).toMatchObject({
    engine: 'llama.cpp embedded',
    version: '3.21.1',
    llamaCpp: 'v0.4.0',
    sequences: 2,
    threads: 1,
    contextTokens: 4096,
    prefixCache: false,
    modelBytes: 14_589_376,
  })
  expect(said[0]).toContain('building the model assay-bigram')
  expect(engine.notices).toEqual([
    'generated bigram model: the computation is real, the text is only made to look like English',
  ])
})

test('the model is listed, and the server is healthy', async () => {
  const models = await (await fetch(`${engine.urls[0]}/v1/models`)).json()
  expect(models).toMatchObject({
    object: 'list',
    data: [{ id: 'assay-bigram', object: 'model', max_model_len: 4096 }],
  })
  expect((await fetch(`${engine.urls[0]}/health`)).status).toBe(200)
})

test('a streamed completion has one event a token, then the reason, then exact usage', async () => {
  const prompt = [600, 601, 602, 603, 604]
  const frames = await stream('/v1/completions', {
    prompt,
    max_tokens: 20,
    ignore_eos: true,
    stream_options: { include_usage: true },
  })
  expect(frames.length).toBe(22)
  expect(frames[21]?.usage).toEqual({ prompt_tokens: 5, completion_tokens: 20, total_tokens: 25 })
  expect(frames[21]?.choices).toEqual([])
  expect(frames[20]?.choices[0]).toEqual({ index: 0, text: '', logprobs: null, finish_reason: 'length' })
  for (const frame of frames.slice(0, 20)) {
    expect(frame.choices[0]?.text).not.toBe('')
    expect(frame.choices[0]?.finish_reason).toBeNull()
  }
})

test('a streamed chat opens with the role, and a request id is its id', async () => {
  const response = await post(
    '/v1/chat/completions',
    {
      messages: [{ role: 'user', content: 'the river' }],
      max_completion_tokens: 3,
      stream: true,
      ignore_eos: true,
    },
    { headers: { 'x-request-id': 'run-7' } },
  )
  expect(response.headers.get('x-request-id')).toBe('run-7')
  const frames: Frame[] = (await response.text())
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)))
  expect(frames.map((frame) => frame.id)).toEqual(new Array(5).fill('chatcmpl-run-7'))
  expect(frames[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
  expect(frames[4]?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'length' })
})

test('a whole reply equals the streamed one, in text and counts, for the same seed', async () => {
  const body = { prompt: 'The old teacher', max_tokens: 40, seed: 11 }
  const whole = await complete(body)
  const frames = await stream('/v1/completions', { ...body, stream_options: { include_usage: true } })
  expect(frames.map((frame) => frame.choices[0]?.text ?? '').join('')).toBe(whole.choices[0].text)
  expect(frames.at(-1)?.usage).toEqual(whole.usage)
  expect(whole.usage.prompt_tokens).toBe(3)
  const chat = { messages: [{ role: 'user', content: 'The old teacher' }], max_tokens: 40, seed: 11 }
  const reply = (await (await post('/v1/chat/completions', chat)).json()) as WholeReply
  // <|user|>, three words, <|end|>, <|assistant|>; "The" is a piece without space.
  expect(reply.usage.prompt_tokens).toBe(6)
  expect(reply.choices[0].message.role).toBe('assistant')
})

test('the text is made of words: as many tokens as a second look at it finds', async () => {
  const { choices, usage } = await complete({ prompt: '.', max_tokens: 100, seed: 3, ignore_eos: true })
  const again = await complete({ prompt: choices[0].text, max_tokens: 1 })
  expect(again.usage.prompt_tokens).toBe(usage.completion_tokens)
})

test.each([
  'é😀 naïve',
  '日本語\n\n\t tabs   spaces',
  '\u0001\u007f…',
  'Ünïcødé 🏳️‍🌈',
])('the tokenizer takes %j as bytes: as many tokens at most as its UTF-8 has', async (prompt) => {
  const { usage } = await complete({ prompt, max_tokens: 1 })
  expect(usage.prompt_tokens).toBeGreaterThan(0)
  expect(usage.prompt_tokens).toBeLessThanOrEqual(Buffer.byteLength(prompt))
})

test('a text ends by itself unless ignore_eos is set, which makes its length exact', async () => {
  const seeds = Array.from({ length: 6 }, (_, seed) => seed)
  const free = await Promise.all(seeds.map((seed) => complete({ prompt: '.', max_tokens: 400, seed })))
  expect(free.some((reply) => reply.choices[0].finish_reason === 'stop')).toBe(true)
  for (const { choices, usage } of free) {
    expect(usage.completion_tokens < 400).toBe(choices[0].finish_reason === 'stop')
  }
  const bound = await Promise.all(
    seeds.map((seed) => complete({ prompt: '.', max_tokens: 150, seed, ignore_eos: true })),
  )
  expect(bound.map((reply) => reply.usage.completion_tokens)).toEqual(new Array(6).fill(150))
  expect(bound.every((reply) => reply.choices[0].finish_reason === 'length')).toBe(true)
})

test('a stop string ends the text before it, streamed or not', async () => {
  const body = { prompt: 'Once', max_tokens: 300, seed: 5, ignore_eos: true }
  const free = (await complete(body)).choices[0].text
  const end = free.indexOf('. ')
  expect(end).toBeGreaterThan(0)
  const stopped = await complete({ ...body, stop: ['. ', 'never said'] })
  expect(stopped.choices[0]).toMatchObject({ text: free.slice(0, end), finish_reason: 'stop' })
  const frames = await stream('/v1/completions', {
    ...body,
    stop: '. ',
    stream_options: { include_usage: true },
  })
  expect(frames.map((frame) => frame.choices[0]?.text ?? '').join('')).toBe(free.slice(0, end))
  expect(frames.at(-1)?.usage).toEqual(stopped.usage)
  // Every token has its event, those that hold text back an empty one.
  expect(frames.length).toBe(stopped.usage.completion_tokens + 2)
})

test('temperature 0 always says the same', async () => {
  const body = { prompt: 'Once', max_tokens: 30, temperature: 0, ignore_eos: true }
  const [first, second] = await Promise.all([complete(body), complete({ ...body, seed: 9 })])
  expect(first.choices[0].text).toBe(second.choices[0].text)
})

test('above the limit requests wait their turn, and one that leaves frees its sequence or its place', async () => {
  const long = { prompt: '.', max_tokens: 4000, ignore_eos: true }
  const aborted = await metric('request_success_total{model_name="assay-bigram",finished_reason="abort"}')
  const first = await openStream(long)
  const second = await openStream(long)
  const third = await openStream(long)
  expect(await metric('num_requests_running')).toBe(2)
  expect(await metric('num_requests_waiting')).toBe(1)
  // Cut while in line, then while computed.
  third.cut()
  await until('num_requests_waiting', 0)
  first.cut()
  await until('num_requests_running', 1)
  expect((await complete({ prompt: '.', max_tokens: 2, ignore_eos: true })).usage.completion_tokens).toBe(2)
  second.cut()
  await until('num_requests_running', 0)
  expect(await metric('request_success_total{model_name="assay-bigram",finished_reason="abort"}')).toBe(
    aborted + 3,
  )
})

test('eight requests on two sequences all get their tokens, and the counters say so', async () => {
  const before = await Promise.all(
    ['prompt_tokens_total', 'generation_tokens_total', 'time_to_first_token_seconds_count'].map(metric),
  )
  const inter = await metric('inter_token_latency_seconds_count')
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => complete({ prompt: [700, 701], max_tokens: 10, ignore_eos: true })),
  )
  expect(replies.map((reply) => reply.usage.completion_tokens)).toEqual(new Array(8).fill(10))
  const after = await Promise.all(
    ['prompt_tokens_total', 'generation_tokens_total', 'time_to_first_token_seconds_count'].map(metric),
  )
  expect(after.map((value, i) => value - (before[i] ?? 0))).toEqual([16, 80, 8])
  expect((await metric('inter_token_latency_seconds_count')) - inter).toBe(72)
})

test.each([
  ['POST', '/v1/completions', '{"prompt":', 400, null, 'not JSON'],
  [
    'POST',
    '/v1/completions',
    '{"prompt":"x","model":"gpt-9"}',
    404,
    'model_not_found',
    '"gpt-9" does not exist',
  ],
  [
    'POST',
    '/v1/completions',
    '{"prompt":"x","max_tokens":4096}',
    400,
    'context_length_exceeded',
    '4096 tokens a request',
  ],
  ['POST', '/v1/completions', '{"prompt":[99999]}', 400, null, 'Token id 99999'],
  ['POST', '/v1/chat/completions', '{"messages":"x"}', 400, null, '"messages" must be a list'],
  ['POST', '/v1/embeddings', '{}', 404, null, 'no POST /v1/embeddings'],
])('%s %s with %s is refused with %d', async (method, path, body, status, code, message) => {
  const response = await fetch(`${engine.urls[0]}${path}`, { method, body })
  expect(response.status).toBe(status)
  const { error } = (await response.json()) as { error: { message: string } }
  expect(error).toMatchObject({ type: 'invalid_request_error', code })
  expect(error.message).toContain(message)
})

test('a body above the limit is refused before it is read', async () => {
  const { port } = new URL(engine.urls[0] ?? '')
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${17 * 2 ** 20}\r\n\r\n`)
  const [reply] = await once(socket, 'data')
  expect(String(reply)).toMatch(/^HTTP\/1\.1 413 /)
  socket.destroy()
})

test('the server ends when the process that started it is gone', async () => {
  const child = spawn(
    process.execPath,
    [entryPath('engines/embedded/server-child'), JSON.stringify(parseOptions({}))],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  expect(JSON.parse(line).ready.model).toBe('assay-bigram')
  child.stdin.end()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a start that is interrupted while a model is built leaves no process and no half-written file', async () => {
  const interrupt = new AbortController()
  const context = {
    logFile: join(folder, 'interrupted.txt'),
    progress: () => interrupt.abort(),
    signal: interrupt.signal,
  }
  await expect(embedded.start({ shape: 'llama-160m' }, context)).rejects.toMatchObject({
    code: 'interrupted',
    exitCode: 130,
  })
  const files = await readdir(join(folder, 'models'))
  expect(files.filter((file) => !file.startsWith('assay-bigram'))).toEqual([])
})

test('with the prefix cache a repeated prompt is computed once, and usage says so', async () => {
  const context = { logFile: join(folder, 'prefix.txt'), progress: () => {} }
  const cached = await embedded.start({ prefixCache: true, sequences: 2 }, context)
  try {
    const body = JSON.stringify({ prompt: Array.from({ length: 64 }, (_, i) => 600 + i), max_tokens: 3 })
    const ask = async () =>
      (await (await fetch(`${cached.urls[0]}/v1/completions`, { method: 'POST', body })).json()) as WholeReply
    expect((await ask()).usage.prompt_tokens_details).toEqual({ cached_tokens: 0 })
    expect((await ask()).usage.prompt_tokens_details).toEqual({ cached_tokens: 63 })
  } finally {
    await cached.stop()
  }
})

test('a model file that is not there, or is no model, is said to be so', async () => {
  const context = { logFile: join(folder, 'bad.txt'), progress: () => {} }
  await expect(embedded.start({ gguf: join(folder, 'none.gguf') }, context)).rejects.toMatchObject({
    code: 'model-missing',
    exitCode: 3,
  })
  await expect(embedded.start({ gguf: join(folder, 'log.txt') }, context)).rejects.toMatchObject({
    code: 'model-load',
  })
  expect(await readFile(join(folder, 'bad.txt'), 'utf8')).not.toBe('')
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { FrozenWorkload, Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { WorkloadSource } from '../model/workload-source.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-recorded-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A token a letter. */
const letters: Tokenizer = {
  name: 'letters',
  encode: (text) => [...Buffer.from(text)],
  decode: (ids) => Buffer.from(ids).toString(),
}

function write(content: unknown, name = 'file.json'): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function freeze(source: WorkloadSource, more: Partial<WorkloadSpec> = {}, tokenizer?: Tokenizer) {
  const spec: WorkloadSpec = { name: 'w', source, outputMode: 'exact', sampling: {}, ...more }
  return freezeWorkload(spec, { seed: 1, count: 10, ...(tokenizer === undefined ? {} : { tokenizer }) })
}

const requestsOf = (frozen: FrozenWorkload): Request[] =>
  Array.from({ length: frozen.count }, (_, i) => readRequest(frozen, i))

const human = (value: string) => ({ from: 'human', value })
const gpt = (value: string) => ({ from: 'gpt', value })

describe('sharegpt', () => {
  const conversations = [
    { id: 'a', conversations: [human('One?'), gpt('Yes.'), human('Two?'), gpt('No, three.')] },
    { id: 'b', conversations: [] },
    { id: 'c', conversations: [gpt('Well.'), human('Hm?')] },
    { id: 'd', conversations: [human('Alone?')] },
    { id: 'e' },
    { id: 'f', conversations: [{ from: 'system', value: 'Be kind.' }, human('Hi'), gpt('Hello')] },
  ]

  test('every turn of the user by itself', async () => {
    const frozen = await freeze({ kind: 'sharegpt', path: write(conversations), take: 'turns' })
    expect(requestsOf(frozen).map(({ id, input, output }) => [id, input, output.tokens])).toEqual(
      ['One?', 'Two?', 'Hm?', 'Alone?', 'Hi'].map((text, id) => [id, { kind: 'prompt', text }, 128]),
    )
  })

  test('the first turn with the length of its answer; what lacks turns is counted by reason', async () => {
    const path = write(conversations)
    const frozen = await freeze({ kind: 'sharegpt', path, take: 'first-turn' }, {}, letters)
    expect(
      requestsOf(frozen).map(({ input, output, inputTokens }) => [input, output.tokens, inputTokens]),
    ).toEqual([
      [{ kind: 'prompt', text: 'One?' }, 4, { value: 4, source: 'tokenizer' }],
      [{ kind: 'prompt', text: 'Hi' }, 5, { value: 2, source: 'tokenizer' }],
    ])
    expect(frozen.notices).toEqual([
      `4 of 6 conversations of ${path} are left out: 2 without turns, 1 that begin with an answer, 1 without an answer to the first turn.`,
    ])
  })

  test('whole conversations, each turn after the one before', async () => {
    const source = {
      kind: 'sharegpt',
      path: write(conversations),
      take: 'conversations',
      thinkMs: 700,
    } as const
    const [first, second, third] = requestsOf(await freeze(source, {}, letters))
    expect(first?.session).toEqual({ id: 'a', turn: 0 })
    expect(second).toMatchObject({
      id: 1,
      input: {
        kind: 'chat',
        messages: [
          { role: 'user', content: 'One?' },
          { role: 'assistant', content: 'Yes.' },
          { role: 'user', content: 'Two?' },
        ],
      },
      output: { tokens: 10 },
      session: { id: 'a', turn: 1, after: [0], thinkMs: 700 },
    })
    expect(third?.input).toMatchObject({ messages: [{ role: 'system' }, { role: 'user', content: 'Hi' }] })
  })

  test('so many conversations are drawn from the file, in its order, by the seed', async () => {
    const path = write(Array.from({ length: 50 }, (_, i) => ({ conversations: [human(`${i}`), gpt('a')] })))
    const pick = async (seed: number, many: number) => {
      const source = { kind: 'sharegpt', path, take: 'turns', pick: many } as const
      const frozen = await freezeWorkload(
        { name: 'w', source, outputMode: 'exact', sampling: {} },
        { seed, count: 1 },
      )
      return requestsOf(frozen).map(({ input }) => (input.kind === 'prompt' ? Number(input.text) : -1))
    }
    const drawn = await pick(1, 12)
    expect(new Set(drawn).size).toBe(12)
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b))
    expect(await pick(1, 12)).toEqual(drawn)
    expect(await pick(2, 12)).not.toEqual(drawn)
    expect(await pick(1, 80)).toHaveLength(50)
  })

  test('a file without any is refused, and one that is no JSON with its lines', async () => {
    await expect(freeze({ kind: 'sharegpt', path: write([{}]), take: 'turns' })).rejects.toMatchObject({
      code: 'input-file',
      message: expect.stringContaining('holds no request'),
    })
    const broken = write('[{"conversations": []},\n{"conversations": nope}]')
    await expect(freeze({ kind: 'sharegpt', path: broken, take: 'turns' })).rejects.toMatchObject({
      code: 'bad-input-file',
      message: expect.stringContaining(`${broken}:2: not JSON`),
    })
  })
})

describe('conversations', () => {
  const planner = {
    id: 'p',
    system: 'Plan.',
    turns: [
      { user: 'A?', answer: 'a' },
      { user: 'B?', answer: 'b', after: [0] },
      { user: 'C?', answer: 'c', after: [0], think_ms: 20 },
      { user: 'D?', output_tokens: 7, after: [1, 2] },
    ],
  }

  test('branch and join; recorded answers are part of what is sent', async () => {
    const requests = requestsOf(await freeze({ kind: 'conversations', path: write(planner), thinkMs: 5 }))
    expect(requests.map(({ session }) => session)).toEqual([
      { id: 'p', turn: 0 },
      { id: 'p', turn: 1, after: [0], thinkMs: 5 },
      { id: 'p', turn: 2, after: [0], thinkMs: 20 },
      { id: 'p', turn: 3, after: [1, 2], thinkMs: 5 },
    ])
    const said = requests.map(({ input }) =>
      input.kind === 'chat' ? input.messages.map((m) => m.content) : [],
    )
    expect(said).toEqual([
      ['Plan.', 'A?'],
      ['Plan.', 'A?', 'a', 'B?'],
      ['Plan.', 'A?', 'a', 'C?'],
      ['Plan.', 'A?', 'a', 'B?', 'b', 'D?'],
    ])
    expect(requests[3]?.output.tokens).toBe(7)
  })

  test('with live history hold new messages alone, and say that they cannot be replayed', async () => {
    const frozen = await freeze({ kind: 'conversations', path: write(planner), history: 'live' })
    expect(frozen.replayable).toBe(false)
    expect(frozen.notices).toEqual([expect.stringContaining('Not replayable')])
    const [, second] = requestsOf(frozen)
    expect(second).toMatchObject({
      input: { messages: [{ role: 'user', content: 'B?' }] },
      session: { after: [0], history: 'live' },
    })
    const recorded = await freeze({ kind: 'conversations', path: write(planner) })
    expect(recorded.replayable).toBeUndefined()
    expect(recorded.dependent).toBe(3)
  })

  test.each([
    [{ turns: [{ user: 'A?' }, { user: 'B?' }] }, 'turn 1 goes on from turn 0, which has no "answer"'],
    [{ turns: [] }, '"turns" is []'],
    [{ turns: [{ user: 'A?', after: [0] }] }, '"turns[0].after" is [0]; expected a list of earlier turns'],
    [{ turns: [{ user: 'A?', think_ms: -1 }] }, '"turns[0].think_ms" is -1'],
    [{ turns: [{}] }, '"turns[0]" is {}'],
  ])('%j is refused with its line', async (session, why) => {
    const path = write(`\n${JSON.stringify(session)}`)
    await expect(freeze({ kind: 'conversations', path })).rejects.toMatchObject({
      code: 'bad-input-file',
      message: expect.stringContaining(`${path}:2: ${why}`),
    })
  })
})

describe('bodies', () => {
  const text = '{"model":"m", "prompt" : "é",\t"max_tokens": 9, "ignore_eos": true}'

  test('are sent byte for byte, and tell what they ask for', async () => {
    const frozen = await freeze({
      kind: 'bodies',
      path: write(`${text}\n{"parameters": {"max_new_tokens": 4}}\n{"n": 3}`),
    })
    const [first, second, third] = requestsOf(frozen)
    expect(first).toMatchObject({ input: { kind: 'body', text }, output: { tokens: 9, mode: 'exact' } })
    expect(second?.output).toEqual({ tokens: 4, mode: 'up-to' })
    expect([third?.output.tokens, third?.sampling]).toEqual([128, { n: 3 }])
    expect(frozen.notices).toEqual([expect.stringContaining('1 of 3 bodies state no output length')])
    if (first === undefined) throw new Error('no request')
    expect(openaiChat.encode(first, 'other', {})).toBe(text)
    expect(JSON.parse(openaiChat.encode(first, 'other', { model: 'n' }))).toMatchObject({
      model: 'n',
      prompt: 'é',
    })
  })
})

test('images, parts and tools ride along as they are', async () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }
  const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
  const line = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }],
    tools,
  }
  const [request] = requestsOf(await freeze({ kind: 'jsonl', path: write(line) }))
  expect(request?.input).toEqual({ kind: 'rich-chat', messages: line.messages, tools })
  if (request === undefined) throw new Error('no request')
  expect(JSON.parse(openaiChat.encode(request, 'm', {}))).toMatchObject({ messages: line.messages, tools })
})

test('a batch file is read, not sent: its settings are the requests’ own', async () => {
  const body = {
    model: 'x',
    messages: [{ role: 'user', content: 'Hi' }],
    max_completion_tokens: 5,
    temperature: 0.3,
    user: 'u',
  }
  const path = write({ custom_id: 'r', method: 'POST', url: '/v1/chat/completions', body })
  const frozen = await freeze({ kind: 'openai-batch', path })
  expect(requestsOf(frozen)).toEqual([
    {
      id: 0,
      input: { kind: 'chat', messages: body.messages },
      output: { tokens: 5, mode: 'exact' },
      sampling: { temperature: 0.3 },
    },
  ])
  expect(frozen.notices).toEqual([`Fields of ${path} that are not used: body.user (1 line).`])
  const other = write({ url: '/v1/embeddings', body: {} })
  await expect(freeze({ kind: 'openai-batch', path: other })).rejects.toThrow(`${other}:1: "url" is`)
})

describe('a context', () => {
  const path = () =>
    write(
      '{"prompt": "four", "output_tokens": 4}\n{"prompt": "seven c", "output_tokens": 4}\n{"prompt": "much too long"}',
    )
  const within = (over: 'refuse' | 'skip' | 'cut') =>
    freeze({ kind: 'jsonl', path: path() }, { context: { tokens: 10, over } }, letters)

  test('refuses what exceeds it with its line', async () => {
    await expect(within('refuse')).rejects.toMatchObject({
      code: 'context-exceeded',
      message: `${path()}:2: 7 prompt + 4 output tokens exceed the context of 10.`,
    })
  })

  test('or leaves it out, or cuts outputs, and tells', async () => {
    const skipped = await within('skip')
    expect(requestsOf(skipped).map(({ id, output }) => [id, output.tokens])).toEqual([[0, 4]])
    expect(skipped.notices).toContain('2 requests exceed the context of 10 tokens and are left out.')
    const cut = await within('cut')
    expect(requestsOf(cut).map(({ id, output }) => [id, output.tokens])).toEqual([
      [0, 4],
      [1, 3],
    ])
    expect(cut.notices).toContain('1 outputs are cut to fit the context of 10 tokens.')
  })
})

describe('a frozen file', () => {
  test('gives its own bytes again; one that was changed is refused', async () => {
    const path = join(folder, 'frozen.ndjson')
    const first = await freeze({ kind: 'sample' })
    writeFileSync(path, first.bytes)
    writeFileSync(
      join(folder, 'frozen.json'),
      JSON.stringify({ sha256: first.sha256, count: first.count, notices: ['n'] }),
    )
    const again = await freeze({ kind: 'frozen', path })
    expect([again.sha256, again.notices]).toEqual([first.sha256, ['n']])
    writeFileSync(path, readFileSync(path, 'utf8').replace('sky', 'sea'))
    await expect(freeze({ kind: 'frozen', path })).rejects.toThrow(/is not what was frozen/)
    writeFileSync(path, '{"prompt": "x"}\n')
    await expect(freeze({ kind: 'frozen', path })).rejects.toThrow(/:1: this is no line of a frozen workload/)
  })
})

test('synthetic conversations grow turn by turn, with answers of the lengths that were asked', async () => {
  const frozen = await freeze(
    {
      kind: 'synthetic-conversations',
      prompt: { kind: 'fixed', tokens: 40 },
      output: { kind: 'uniform', min: 20, max: 30 },
      turns: { kind: 'fixed', tokens: 3 },
      thinkMs: 250,
    },
    {},
    letters,
  )
  const requests = requestsOf(frozen)
  expect(requests.map(({ session }) => session)).toEqual(
    [0, 0, 0, 1, 1, 1, 2, 2, 2, 3].map((session, id) => ({
      id: `${session}`,
      turn: id % 3,
      ...(id % 3 === 0 ? {} : { after: [id - 1], thinkMs: 250 }),
    })),
  )
  const messages = requests.map(({ input }) => (input.kind === 'chat' ? input.messages : []))
  expect(messages.map((all) => all.length)).toEqual([1, 3, 5, 1, 3, 5, 1, 3, 5, 1])
  expect(messages[2]?.slice(0, 3)).toEqual(messages[1])
  expect(messages[2]?.map(({ content }) => content.length)).toEqual([
    40,
    requests[0]?.output.tokens,
    40,
    requests[1]?.output.tokens,
    40,
  ])
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { LengthDistribution } from '../model/length.ts'
import type { Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-jsonl-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'prompts.jsonl')

interface Options {
  readonly output?: LengthDistribution
  readonly tokenizer?: Tokenizer
}

async function freeze(content: string | Uint8Array, { output, tokenizer }: Options = {}) {
  writeFileSync(path, content)
  return freezeWorkload(
    {
      name: 'w',
      source: { kind: 'jsonl', path, ...(output === undefined ? {} : { output }) },
      outputMode: 'exact',
      sampling: { temperature: 0, seed: 1 },
    },
    { seed: 1, count: 1, ...(tokenizer === undefined ? {} : { tokenizer }) },
  )
}

async function requests(content: string | Uint8Array, options?: Options): Promise<Request[]> {
  const frozen = await freeze(content, options)
  return Array.from({ length: frozen.count }, (_, index) => readRequest(frozen, index))
}

const failure = (content: string | Uint8Array) => freeze(content).catch((error: unknown) => error)

test('prompts, token ids and chats are taken in order; blank lines are not', async () => {
  const inputs = (
    await requests(
      '{"prompt": "Why?"}\n\n{"prompt": [1, 2, 3]}\r\n  \n{"messages": [{"role": "system", "content": ""}, {"role": "user", "content": "Hé"}]}',
    )
  ).map(({ id, input }) => [id, input])
  expect(inputs).toEqual([
    [0, { kind: 'prompt', text: 'Why?' }],
    [1, { kind: 'tokens', ids: [1, 2, 3] }],
    [
      2,
      {
        kind: 'chat',
        messages: [
          { role: 'system', content: '' },
          { role: 'user', content: 'Hé' },
        ],
      },
    ],
  ])
})

test('a line’s output length wins over the workload’s, and that over 128', async () => {
  const lines = '{"prompt": "a", "output_tokens": 5}\n{"prompt": "b", "max_tokens": 6}\n{"prompt": "c"}\n'
  const lengths = async (options: Options) =>
    (await requests(lines, options)).map((request) => request.output.tokens)
  expect(await lengths({ output: { kind: 'fixed', tokens: 9 } })).toEqual([5, 6, 9])
  expect(await lengths({})).toEqual([5, 6, 128])
})

test('a line’s sampling settings win over the workload’s, one by one', async () => {
  const [one, list] = await requests(
    '{"prompt": "a", "temperature": 0.5, "top_p": 1, "stop": "END"}\n{"prompt": "b", "seed": -7, "stop": ["x", "y"]}\n',
  )
  expect(one?.sampling).toEqual({ temperature: 0.5, topP: 1, seed: 1, stop: ['END'] })
  expect(list?.sampling).toEqual({ temperature: 0, seed: -7, stop: ['x', 'y'] })
})

test('input lengths are those of the token ids or the tokenizer, and absent otherwise', async () => {
  const lines =
    '{"prompt": "four"}\n{"prompt": [7, 7]}\n{"messages": [{"role": "user", "content": "four"}]}\n'
  const tokenizer: Tokenizer = { name: 'letters', encode: (text) => [...Buffer.from(text)], decode: String }
  const lengths = async (options: Options) => (await requests(lines, options)).map((r) => r.inputTokens)
  const ids = { value: 2, source: 'token-ids' }
  expect(await lengths({ tokenizer })).toEqual([{ value: 4, source: 'tokenizer' }, ids, undefined])
  expect(await lengths({})).toEqual([undefined, ids, undefined])
})

test('fields that no request is made of are told, with their lines', async () => {
  const { notices } = await freeze(
    '{"prompt": "a", "model": "x", "id": 1}\n{"messages": [{"role": "user", "content": "b", "name": "n"}], "id": 2}\n',
  )
  expect(notices).toEqual([
    `Fields of ${path} that are not used: model (1 line), id (2 lines), messages[].name (1 line).`,
  ])
  expect((await freeze('{"prompt": "a"}')).notices).toEqual([])
})

describe('mistakes', () => {
  test.each([
    ['nope', /^not JSON \(.+\); expected an object, such as \{"prompt": "…"\}\.$/],
    ['[1]', 'the line is [1]; expected an object, such as {"prompt": "…"}.'],
    ['null', 'the line is null; expected an object, such as {"prompt": "…"}.'],
    ['{}', 'neither "prompt" nor "messages" is given; expected one of them.'],
    ['{"prompt": "a", "messages": []}', 'both "prompt" and "messages" are given; expected one of them.'],
    ['{"prompt": ""}', '"prompt" is ""; expected a text, or a list of token ids.'],
    ['{"prompt": []}', '"prompt" is []; expected a text, or a list of token ids.'],
    ['{"prompt": [1, -1]}', '"prompt" is [1,-1]; expected a text, or a list of token ids.'],
    ['{"prompt": [0.5]}', '"prompt" is [0.5]; expected a text, or a list of token ids.'],
    ['{"messages": []}', '"messages" is []; expected a list of {"role", "content"}.'],
    ['{"messages": ["a"]}', '"messages[0]" is "a"; expected {"role", "content"}.'],
    [
      '{"messages": [{"role": "user", "content": "a"}, {"role": "boss", "content": "b"}]}',
      '"messages[1].role" is "boss"; expected one of system, user, assistant, tool.',
    ],
    ['{"messages": [{"role": "user"}]}', '"messages[0].content" is missing; expected a text.'],
    [
      '{"prompt": "a", "output_tokens": 1, "max_tokens": 1}',
      'both "output_tokens" and "max_tokens" are given; expected one of them.',
    ],
    ['{"prompt": "a", "output_tokens": 0}', '"output_tokens" is 0; expected a whole number of at least 1.'],
    ['{"prompt": "a", "max_tokens": "9"}', '"max_tokens" is "9"; expected a whole number of at least 1.'],
    ['{"prompt": "a", "temperature": -1}', '"temperature" is -1; expected a number of at least 0.'],
    ['{"prompt": "a", "top_p": 2}', '"top_p" is 2; expected a number above 0 and up to 1.'],
    ['{"prompt": "a", "seed": 1.5}', '"seed" is 1.5; expected a whole number.'],
    ['{"prompt": "a", "stop": [""]}', '"stop" is [""]; expected a text or a list of texts, none empty.'],
  ])('%s', async (line, expected) => {
    const error = await failure(`{"prompt": "good"}\n\n${line}\n`)
    const message = error instanceof Error ? error.message : ''
    expect(message.startsWith(`${path}:3: `)).toBe(true)
    const said = message.slice(`${path}:3: `.length)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('of all lines, and all of a line, are told at once', async () => {
    expect(
      await failure(
        '{"top_p": 2, "seed": "x"}\n{"prompt": "fine"}\n{"messages": [{"role": 1, "content": 2}]}\n',
      ),
    ).toMatchObject({
      code: 'bad-input-file',
      exitCode: 2,
      message: [
        `${path}:1: neither "prompt" nor "messages" is given; expected one of them.`,
        `${path}:1: "top_p" is 2; expected a number above 0 and up to 1.`,
        `${path}:1: "seed" is "x"; expected a whole number.`,
        `${path}:3: "messages[0].role" is 1; expected one of system, user, assistant, tool.`,
        `${path}:3: "messages[0].content" is 2; expected a text.`,
      ].join('\n'),
    })
  })

  test('beyond the first 20 are counted, and long values cut', async () => {
    const error = await failure(`{"prompt": 1}\n`.repeat(25))
    const lines = error instanceof Error ? error.message.split('\n') : []
    expect(lines).toHaveLength(21)
    expect(lines[20]).toBe('… and 5 more: 25 mistakes in total.')
    const long = await failure(JSON.stringify({ prompt: 'a', stop: [...'x'.repeat(99), ''] }))
    expect(long).toMatchObject({ message: expect.stringMatching(/"stop" is .{40}…; expected/) })
  })
})

describe('files', () => {
  test('may begin with a byte order mark', async () => {
    expect(await requests('\uFEFF{"prompt": "a"}\n')).toHaveLength(1)
  })

  test('that are missing, empty or not UTF-8 are told apart', async () => {
    const missing = freezeWorkload(
      { name: 'w', source: { kind: 'jsonl', path: join(folder, 'no') }, outputMode: 'exact', sampling: {} },
      { seed: 1, count: 1 },
    )
    await expect(missing).rejects.toMatchObject({
      code: 'input-file',
      exitCode: 2,
      message: expect.stringMatching(/no cannot be read: ENOENT/),
    })
    expect(await failure('\n\n')).toMatchObject({ message: `The workload file ${path} holds no request.` })
    expect(await failure(Uint8Array.of(0x7b, 0xff))).toMatchObject({
      message: expect.stringMatching(/cannot be read: line 1: it is not UTF-8/),
    })
  })
})

import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Dialect, DialectOptions, StreamSink } from '../model/dialect.ts'
import type { Request, RequestInput } from '../model/request.ts'
import { loadStudy } from '../spec/load-study.ts'
import { makeSplitter } from './framing/index.ts'
import { loadDialect } from './index.ts'

async function exampleDialect(name: string): Promise<Dialect> {
  const file = fileURLToPath(new URL(`../../examples/custom/${name}.yaml`, import.meta.url))
  const { study } = await loadStudy(file, { env: {} })
  const [target] = study.targets
  return loadDialect('custom', target?.dialectOptions)
}

function request(input: RequestInput, mode: 'exact' | 'up-to' = 'exact'): Request {
  return {
    id: 7,
    input,
    output: { tokens: 16, mode },
    sampling: {},
    inputTokens: { value: 3, source: 'tokenizer' },
  }
}
const hi = request({ kind: 'prompt', text: 'Hi' })

/** Everything a reader says of a reply that comes in two pieces. */
function read(dialect: Dialect, reply: string, cut = 0, asked: Request = hi): string[] {
  const said: string[] = []
  const sink: StreamSink = {
    prompt: (index) => void said.push(`prompt ${index}`),
    event: (_, tokens, bytes, start, end) =>
      void said.push(`${tokens}:${Buffer.from(bytes.subarray(start, end)).toString('utf8')}`),
    usage: (usage) => void said.push(`usage ${JSON.stringify(usage)}`),
    finish: (reason) => void said.push(`finish ${reason}`),
    serverId: (id) => void said.push(`id ${id}`),
    fail: (kind, message) => void said.push(`fail ${kind} ${message}`),
  }
  const reader = dialect.makeReader()
  reader.reset(dialect.echoes?.(asked) ?? [])
  const splitter = makeSplitter(dialect.framing, (bytes, start, end) => reader.read(bytes, start, end, sink))
  const bytes = Buffer.from(reply)
  splitter.feed(bytes, 0, cut)
  splitter.feed(bytes, cut, bytes.length)
  splitter.end()
  reader.end(sink)
  return said
}

const replies = [
  ['fastapi-vllm', '{"output":" a b"}', ['1: a b']],
  [
    'barrier',
    '{"generated_text":" a b","num_output_tokens_cf":16,"error":null}',
    ['16: a b', 'usage {"outputTokens":16}'],
  ],
  ['barrier', '{"generated_text":null,"error":"out of memory"}', ['fail stream-error out of memory']],
  [
    'ray-llm',
    '{"generated_text":" a","num_input_tokens":3,"num_generated_tokens":1,"error":null}\n{"generated_text":" b c","num_input_tokens":3,"num_generated_tokens":2}\n',
    ['1: a', 'usage {"inputTokens":3}', '2: b c', 'usage {"inputTokens":3}'],
  ],
  ['cumulative-nul', '{"text":["Hi a"]}\0{"text":["Hi a b"]}\0', ['1: a', '1: b']],
  ['cumulative-nul', '{"text":["Hi a\ufffd"]}\0{"text":["Hi aé"]}\0', ['1: a\ufffd', '1:é']],
  ['plain-text', '', ['fail empty The reply holds no text.']],
] as const

test.each(replies)('%s: %j is read wherever it is cut', async (name, reply, said) => {
  const dialect = await exampleDialect(name)
  for (let cut = 0; cut <= Buffer.byteLength(reply); cut++) expect(read(dialect, reply, cut)).toEqual(said)
})

test('a plain text gives an event a read', async () => {
  expect(read(await exampleDialect('plain-text'), 'one two', 3)).toEqual(['1:one', '1: two'])
})

test.each([
  ['fastapi-vllm', { input: 'Hi', num_tokens: 16, ignore_eos: true }],
  ['cumulative-nul', { prompt: 'Hi', max_tokens: 16, ignore_eos: true, stream: true }],
  ['plain-text', { prompt: 'Hi', max_new_tokens: 16, min_new_tokens: 16 }],
  [
    'barrier',
    {
      total_benchmark_requests: 40,
      inputs: 'Hi',
      parameters: {
        batch_size: 1,
        max_length: 19,
        prompt_len: 3,
        response_len: 16,
        allow_variable_generation_length: true,
      },
    },
  ],
] as const)('%s: the body has the values of the request, with their types', async (name, body) => {
  expect(JSON.parse((await exampleDialect(name)).encode(hi, '', {}))).toEqual(body)
})

test.each([
  'fastapi-vllm',
  'barrier',
  'ray-llm',
  'cumulative-nul',
  'plain-text',
])('%s: the study of the example can be sent as it is', async (name) => {
  const file = fileURLToPath(new URL(`../../examples/custom/${name}.yaml`, import.meta.url))
  const { study } = await loadStudy(file, { env: {} })
  const dialect = await exampleDialect(name)
  for (const { sampling, outputMode } of study.workloads) {
    expect(dialect.encode({ ...hi, sampling, output: { tokens: 64, mode: outputMode } }, 'm', {})).toContain(
      'Hi',
    )
    expect(outputMode === 'exact' && dialect.capabilities.exactLength === undefined).toBe(false)
  }
})

test('a model in the path is named by the target', async () => {
  const { path, namesModel } = await exampleDialect('ray-llm')
  expect([path, namesModel]).toEqual(['/{model}/stream/', true])
})

const minimal = { path: '/g', body: { p: '{{prompt}}' }, reply: { text: 't' } }

test('texts with placeholders keep the rest, and one without a value leaves its field out', async () => {
  const body = { a: 'say {{prompt}} ({{maxTokens}})', b: '{{topK}}', c: ['{{seed}}', 1], d: 'k={{topK}}' }
  const dialect = await loadDialect('custom', { ...minimal, body })
  expect(JSON.parse(dialect.encode(hi, '', {}))).toEqual({ a: 'say Hi (16)', c: [1] })
})

test('a prompt that looks like a placeholder stays as it is', async () => {
  const body = { a: '[{{prompt}}]', b: '{{prompt}}' }
  const dialect = await loadDialect('custom', { ...minimal, body })
  const text = '{{maxTokens}} $& "quoted"'
  expect(JSON.parse(dialect.encode(request({ kind: 'prompt', text }), '', {}))).toEqual({
    a: `[${text}]`,
    b: text,
  })
})

test('a setting without a field passes only if the server has it anyway', async () => {
  const dialect = await loadDialect('custom', { ...minimal, fixed: { temperature: 0 } })
  expect(dialect.encode({ ...hi, sampling: { temperature: 0 } }, '', {})).toBe('{"p":"Hi"}')
  expect(() => dialect.encode({ ...hi, sampling: { temperature: 1 } }, '', {})).toThrow(
    'no field for temperature',
  )
})

test('several prompts are answered by the items of a list', async () => {
  const dialect = await loadDialect('custom', {
    path: '/g',
    body: { inputs: '{{prompts}}' },
    reply: { framing: 'json', text: '[*].generated_text', outputTokens: '[*].n' },
  })
  const batch = request({ kind: 'batch', prompts: ['a', 'b'] })
  expect(JSON.parse(dialect.encode(batch, '', {}))).toEqual({ inputs: ['a', 'b'] })
  expect(read(dialect, '[{"generated_text":"x","n":2},{"generated_text":"y","n":3}]', 0, batch)).toEqual([
    '1:x',
    'prompt 1',
    '1:y',
    'usage {"outputTokens":5}',
  ])
})

test('a stream without the ending that its description names is truncated', async () => {
  const reply = { framing: 'sse', text: 't', done: '[DONE]' }
  const dialect = await loadDialect('custom', { ...minimal, reply })
  expect(read(dialect, 'data: {"t":"a"}\n\n')).toEqual([
    '1:a',
    'fail truncated The reply ended without [DONE].',
  ])
  expect(read(dialect, 'data: {"t":"a"}\n\ndata: [DONE]\n\n')).toEqual(['1:a'])
})

const mistakes: readonly (readonly [DialectOptions, string, string])[] = [
  [{}, 'dialectOptions.path is missing.', '/generate'],
  [{ ...minimal, boddy: 1 }, 'dialectOptions.boddy does not exist.', 'Did you mean body?'],
  [{ ...minimal, path: '/a/{{prompt}}' }, 'dialectOptions.path has a placeholder', 'body'],
  [
    { ...minimal, body: { a: { b: ['{{promt}}'] } } },
    'dialectOptions.body.a.b[0] names the placeholder {{promt}}',
    '{{prompt}}',
  ],
  [{ ...minimal, body: { a: 1 } }, 'dialectOptions.body has no place for the prompt.', '{{prompt}}'],
  [{ ...minimal, reply: {} }, 'dialectOptions.reply.text is missing.', 'choices[0].text'],
  [{ ...minimal, reply: { text: 'a..b' } }, 'dialectOptions.reply.text "a..b" is not a path', 'a[0].b'],
  [
    { ...minimal, reply: { text: 't', framing: 'see' } },
    'dialectOptions.reply.framing cannot be "see".',
    'Did you mean sse?',
  ],
  [
    { ...minimal, reply: { framing: 'raw', text: 't' } },
    'dialectOptions.reply.text does not go with framing raw.',
    'ndjson',
  ],
  [
    { ...minimal, headers: { Host: 'a' } },
    'dialectOptions.headers.Host is set by Assay itself.',
    'Leave it out',
  ],
  [{ ...minimal, method: 'GET' }, 'dialectOptions.method cannot be "GET".', 'POST'],
]

test.each(mistakes)('a description %j says what is wrong where', async (options, message, hint) => {
  const error = await loadDialect('custom', options).then(
    () => undefined,
    (thrown: { code: string; message: string; hint: string }) => thrown,
  )
  expect(error?.code).toBe('bad-dialect-option')
  expect(error?.message).toContain(message)
  expect(error?.hint).toContain(hint)
})

test('no reply makes a reader throw', async () => {
  const paths = {
    text: 'a.t',
    prompt: 'a.p',
    tokenIds: 'a.i',
    tokens: 'a.n',
    outputTokens: 'a.o',
    finishReason: 'a.f',
  }
  for (const textMode of ['delta', 'cumulative']) {
    const reply = {
      framing: 'ndjson',
      textMode,
      echo: true,
      ...paths,
      doneWhen: 'a.d',
      error: 'a.e',
      serverId: 'a.s',
    }
    const dialect = await loadDialect('custom', { ...minimal, reply })
    const field = fc.constantFrom('t', 'p', 'i', 'n', 'o', 'f', 'd', 'e', 's')
    const payload = fc.oneof(fc.record({ a: fc.dictionary(field, fc.jsonValue()) }), fc.jsonValue())
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 4 }), (payloads) => {
        read(dialect, payloads.map((one) => `${JSON.stringify(one)}\n`).join(''))
      }),
    )
  }
})

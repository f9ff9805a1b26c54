import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cutsThatMatter, listen, readStream } from '../../../test/replies.ts'
import type { Dialect, DialectOptions } from '../../model/dialect.ts'
import type { Request } from '../../model/request.ts'
import { loadStudy } from '../../spec/index.ts'
import { makeSplitter } from '../framing/index.ts'
import { TextGrowth } from '../text-growth.ts'
import { makeCustom } from './index.ts'
import { parsePath, valueAt } from './path.ts'

const file = fileURLToPath(new URL('../../../examples/custom-servers.yaml', import.meta.url))
const { study } = await loadStudy(file)

function example(name: string): Dialect {
  const found = study.targets.find((target) => target.name === name)
  if (found === undefined) throw new Error(`no target ${name} in ${readFileSync(file, 'utf8')}`)
  expect(found.dialect).toBe('custom')
  return makeCustom(found.dialectOptions)
}

const asked: Request = {
  id: 0,
  input: { kind: 'prompt', text: 'Say "hi"' },
  output: { tokens: 3, mode: 'exact' },
  sampling: {},
}
const encoded = (dialect: Dialect, request: Partial<Request> = {}) =>
  JSON.parse(dialect.encode({ ...asked, ...request }, 'm', {})) as unknown

/** What a dialect says of a (simulated) stream, and that it does however it is cut. */
function heard(dialect: Dialect, stream: string): string[] {
  expect(cutsThatMatter(() => dialect.makeReader(), stream, dialect.framing)).toEqual([])
  return readStream(dialect.makeReader(), stream, dialect.framing)
}

test('a FastAPI wrapper around vLLM: forced length, one answer', () => {
  const dialect = example('fastapi-vllm')
  expect(dialect.path).toBe('/generate')
  expect(encoded(dialect)).toEqual({ input: 'Say "hi"', num_tokens: 3, ignore_eos: true })
  expect(encoded(dialect, { output: { tokens: 3, mode: 'up-to' } })).toMatchObject({ ignore_eos: false })
  expect(dialect.capabilities).toMatchObject({
    exactLength: 'ignore_eos: true',
    streaming: false,
    usage: 'never',
  })
  expect(heard(dialect, '{"output": " a\\u00e9 b"}')).toEqual(['content 1 " aé b"'])
  expect(heard(dialect, '{"detail": "?"}')).toEqual([expect.stringMatching(/^fail empty/)])
})

test('the barrier server: its own count of tokens, its own errors', () => {
  const dialect = example('barrier')
  expect(encoded(dialect)).toEqual({ inputs: 'Say "hi"', parameters: { reponse_len: 3 } })
  expect(dialect.capabilities.exactLength).toMatch(/every answer/)
  expect(heard(dialect, '{"generated_text":" a b c","num_output_tokens_cf":3,"error":null}')).toEqual([
    'content 3 " a b c"',
    'usage output=3',
  ])
  expect(heard(dialect, '{"generated_text":"","error":"out of memory"}')).toEqual([
    'fail stream-error: out of memory',
  ])
})

test('RayLLM: pieces with their own counts', () => {
  const dialect = example('rayllm')
  expect(dialect.namesModel).toBe(true)
  expect(encoded(dialect, { sampling: { temperature: 0 } })).toEqual({
    prompt: { prompt: 'Say "hi"', parameters: { max_new_tokens: 3, temperature: 0 } },
    priority: 0,
  })
  // A setting that the request does not have is left out.
  expect(encoded(dialect)).toMatchObject({ prompt: { parameters: { max_new_tokens: 3 } } })
  const line = (text: string | null, tokens: number, finish: string | null = null) =>
    `${JSON.stringify({ generated_text: text, num_input_tokens: 9, num_generated_tokens: tokens, finish_reason: finish, error: null })}\n`
  expect(heard(dialect, line(' a', 1) + line(' b c', 2) + line('', 1, 'length'))).toEqual([
    'content 1 " a"',
    'usage input=9 output=1',
    'content 2 " b c"',
    'usage input=9 output=3',
    'empty 1 ""',
    'finish length',
    'usage input=9 output=4',
  ])
  expect(heard(dialect, line(' a', 1)).at(-1)).toMatch(/^fail truncated/)
  expect(heard(dialect, `${line(' a', 1)}{"error":{"message":"too long"}}\n`).at(-1)).toBe(
    'fail stream-error: too long',
  )
})

test('plain text: every read is an event, characters stay whole', () => {
  const dialect = example('plain-text')
  const said: string[] = []
  const sink = listen(said)
  const reader = dialect.makeReader()
  reader.reset([])
  const splitter = makeSplitter('raw', (bytes, start, end) => reader.read(bytes, start, end, sink))
  const bytes = Buffer.from('one é two')
  for (const [start, end] of [
    [0, 5],
    [5, 10],
  ] as const) {
    splitter.feed(bytes, start, end)
  }
  splitter.end()
  reader.end(sink)
  expect(said).toEqual(['content 1 "one "', 'content 1 "é two"'])
  expect(dialect.capabilities).toMatchObject({ tokensPerEvent: 'unknown', endMarker: 'the end of the reply' })
})

test('repeated texts of several prompts: only what is new, each with its prompt', () => {
  const dialect = example('repeating')
  const input = { kind: 'batch', prompts: ['P1', 'P2'] } as const
  expect(encoded(dialect, { input })).toEqual({
    prompts: ['P1', 'P2'],
    max_tokens: 3,
    min_tokens: 3,
    stream: true,
  })
  expect(encoded(dialect)).toMatchObject({ prompts: ['Say "hi"'] })
  expect(dialect.echoes?.({ ...asked, input })).toEqual(['P1', 'P2'])
  const said: string[] = []
  const sink = listen(said)
  const reader = dialect.makeReader()
  reader.reset(['P1', 'P2'])
  const splitter = makeSplitter('sse', (bytes, start, end) => reader.read(bytes, start, end, sink))
  const outputs = (...all: [text: string, ids: number[], finish: string | null][]) =>
    `data: ${JSON.stringify({ outputs: all.map(([text, token_ids, finish_reason]) => ({ text, token_ids, finish_reason })) })}\n\n`
  const stream = Buffer.from(
    [
      outputs(['P1 a', [1], null], ['P2', [], null]),
      'data: ping\n\n',
      outputs(['P1 a b', [2, 3], 'length'], ['P2 x', [4], null]),
      outputs(['P1 a b', [], null], ['P2 x y', [5], 'stop']),
      'data: [DONE]\n\n',
    ].join(''),
  )
  splitter.feed(stream, 0, stream.length)
  reader.end(sink)
  expect(said).toEqual([
    'content 1 " a"',
    'content 2 " b"',
    'finish length',
    'prompt 1',
    'content 1 " x"',
    'content 1 " y"',
    'finish stop',
  ])
})

test('paths', () => {
  const document = { a: [{ b: 1 }, { b: 2 }], 'odd key': { c: 3 }, toString: 4 }
  const at = (text: string) => {
    const path = parsePath(text)
    return typeof path === 'string' ? path : valueAt(document, path)
  }
  expect(at('a[1].b')).toBe(2)
  expect(at('$.a[*].b')).toEqual([1, 2])
  expect(at('$["odd key"].c')).toBe(3)
  expect(at('a.b.c')).toBeUndefined()
  expect(at('hasOwnProperty')).toBeUndefined()
  expect(at('a[')).toBe('"[" is not understood')
  expect(at('')).toBe('it is empty')
})

test('repeated texts: half a character waits, a rewritten end gives what follows the common beginning', () => {
  const growth = new TextGrowth()
  growth.reset('P')
  expect(['P', 'P a', 'P a\ufffd', 'P aé', 'P a', 'P aé!', 'P ab'].map((text) => growth.next(text))).toEqual([
    '',
    ' a',
    '',
    'é',
    '',
    '!',
    'b',
  ])
})

test.each<[what: string, options: DialectOptions, message: RegExp, hint: RegExp]>([
  ['nothing', {}, /needs the option path/, /generate/],
  ['a path without its slash', { path: 'generate' }, /path of custom cannot be "generate"/, /"\/generate"/],
  ['an unknown option', { path: '/g', requst: {} }, /no option "requst"/, /Did you mean request/],
  [
    'an unknown placeholder',
    { path: '/g', request: { prompt: '{{prompt}}', n: '{{maxToken}}' }, reply: {} },
    /request, n of custom cannot be "\{\{maxToken\}\}"/,
    /Did you mean \{\{maxTokens\}\}/,
  ],
  ['a request without input', { path: '/g', request: { n: 1 }, reply: {} }, /request/, /\{\{prompt\}\}/],
  [
    'an unknown framing',
    { path: '/g', request: { p: '{{prompt}}' }, reply: { framing: 'xml' } },
    /reply.framing of custom cannot be "xml"/,
    /sse, ndjson/,
  ],
  [
    'no text',
    { path: '/g', request: { p: '{{prompt}}' }, reply: { framing: 'sse' } },
    /needs the option reply.text/,
    /choices/,
  ],
  [
    'a path that is none',
    { path: '/g', request: { p: '{{prompt}}' }, reply: { framing: 'sse', text: 'a[x]' } },
    /reply.text of custom cannot be "a\[x\]"/,
    /"\[x\]" is not understood/,
  ],
  [
    'paths into plain text',
    { path: '/g', request: { p: '{{prompt}}' }, reply: { framing: 'raw', text: 'a' } },
    /reply.text/,
    /Raw replies/,
  ],
])('a bad description: %s', (_, options, message, hint) => {
  expect(() => makeCustom(options)).toThrow(
    expect.objectContaining({
      code: 'bad-dialect-option',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  )
})

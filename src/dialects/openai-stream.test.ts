import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { OpenAiReader } from './openai-stream.ts'

interface Seen {
  events: [flags: number, tokens: number, text: string][]
  usage: Usage[]
  finish: string[]
  ids: string[]
  failures: [kind: string, message: string][]
}

/** Reads payloads as one reply; each lies in the same reused buffer. */
function read(payloads: readonly string[], reader = new OpenAiReader()): Seen {
  const seen: Seen = { events: [], usage: [], finish: [], ids: [], failures: [] }
  const sink: StreamSink = {
    event: (flags, tokens, bytes, start, end) => {
      seen.events.push([flags, tokens, Buffer.from(bytes.subarray(start, end)).toString('utf8')])
    },
    usage: (usage) => seen.usage.push(usage),
    finish: (reason) => seen.finish.push(reason),
    serverId: (id) => seen.ids.push(id),
    prompt: () => {},
    fail: (kind, message) => seen.failures.push([kind, message]),
  }
  const buffer = Buffer.alloc(64 * 1024)
  reader.reset()
  for (const payload of payloads) {
    buffer.fill(120)
    const length = buffer.write(payload, 7, 'utf8')
    reader.read(buffer, 7, 7 + length, sink)
  }
  reader.end(sink)
  return seen
}

const { content, reasoning, tool, empty } = eventFlags

describe('streams as the engines send them', () => {
  test('vLLM completions with token ids: an event counts the ids it carries', () => {
    const seen = read([
      '{"id":"cmpl-r1","choices":[{"index":0,"text":" a","finish_reason":null,"prompt_token_ids":[1,2],"token_ids":[263]}]}',
      '{"id":"cmpl-r1","choices":[{"index":0,"text":" b c","finish_reason":"length","stop_reason":null,"token_ids":[289,274]}]}',
      '{"id":"cmpl-r1","choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}',
      '[DONE]',
    ])
    expect(seen).toEqual({
      events: [
        [content, 1, ' a'],
        [content, 2, ' b c'],
      ],
      usage: [{ inputTokens: 2, outputTokens: 3 }],
      finish: ['length'],
      ids: ['cmpl-r1'],
      failures: [],
    })
  })

  test('llama.cpp chat: the role frame with null content is no token', () => {
    const frame = (delta: string, finish = 'null') =>
      `{"choices":[{"finish_reason":${finish},"index":0,"delta":${delta}}],"created":1,"id":"chatcmpl-x","model":"m","object":"chat.completion.chunk"}`
    const seen = read([
      frame('{"role":"assistant","content":null}'),
      frame('{"content":"Hi"}'),
      frame('{"content":" there"}'),
      frame('{}', '"stop"'),
      '{"choices":[],"id":"chatcmpl-x","usage":{"completion_tokens":2,"prompt_tokens":9,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4}},"timings":{}}',
      '[DONE]',
    ])
    expect(seen.events).toEqual([
      [content, 1, 'Hi'],
      [content, 1, ' there'],
    ])
    expect(seen.usage).toEqual([{ inputTokens: 9, outputTokens: 2, cachedTokens: 4 }])
    expect(seen.finish).toEqual(['stop'])
    expect(seen.failures).toEqual([])
  })

  test('a role frame with empty content is no token, an empty content later is one', () => {
    const seen = read([
      '{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
      '{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}',
      '{"choices":[{"index":0,"delta":{"content":"é"},"finish_reason":null}]}',
      '{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}',
      '[DONE]',
    ])
    expect(seen.events).toEqual([
      [empty, 1, ''],
      [content, 1, 'é'],
    ])
  })

  test('reasoning, answer and tool calls are kept apart', () => {
    const frame = (delta: object) => JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })
    const call = [{ index: 0, function: { arguments: '{"a":' } }]
    const seen = read([
      frame({ reasoning_content: 'hm' }),
      frame({ reasoning_content: ' so' }),
      frame({ reasoning: 'new name' }),
      frame({ content: 'Yes' }),
      frame({ tool_calls: call }),
      '{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}',
    ])
    expect(seen.events).toEqual([
      [reasoning, 1, 'hm'],
      [reasoning, 1, ' so'],
      [reasoning, 1, 'new name'],
      [content, 1, 'Yes'],
      [tool, 1, JSON.stringify(call)],
    ])
    expect(seen.failures).toEqual([])
  })

  test('a reply that is not streamed is one event', () => {
    const seen = read([
      '{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"one two"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}',
    ])
    expect(seen.events).toEqual([[content, 2, 'one two']])
    expect(seen.usage).toEqual([{ inputTokens: 1, outputTokens: 2 }])
  })

  test('`data: null` and the filter frame of Azure are skipped', () => {
    const seen = read([
      'null',
      '{"choices":[],"prompt_filter_results":[{}]}',
      '{"choices":[{"text":"a","finish_reason":"stop"}]}',
      ' [DONE] ',
    ])
    expect(seen.events).toEqual([[content, 1, 'a']])
    expect(seen.failures).toEqual([])
  })
})

describe('replies that are not whole', () => {
  test.each([
    ['nothing at all', [], 'truncated'],
    ['no finish and no end marker', ['{"choices":[{"text":"a"}]}'], 'truncated'],
    ['an end marker and no token', ['[DONE]'], 'empty'],
    ['a finish and no token', ['{"choices":[{"text":"","finish_reason":"stop"}]}'], 'empty'],
    ['no JSON', ['{"choices":[{"te'], 'malformed'],
    ['JSON that is no object', ['[1,2]'], 'malformed'],
    ['an error object', ['{"error":{"message":"out of memory","code":500}}', '[DONE]'], 'stream-error'],
    ['an error text', ['{"error":"out of memory"}'], 'stream-error'],
    ['an old vLLM error', ['{"object":"error","message":"out of memory","code":500}'], 'stream-error'],
  ])('%s', (_, payloads, kind) => {
    const [failure] = read(payloads).failures
    expect(failure?.[0]).toBe(kind)
    if (kind === 'stream-error') expect(failure?.[1]).toBe('out of memory')
  })
})

test('whatever the texts, the template reader sees what parsing every event sees', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('"', '\\', '\n', ' a', '"}'),
  )
  const shape = fc.constantFrom(
    (t: string) => ({ id: 'a', choices: [{ index: 0, delta: { content: t }, finish_reason: null }] }),
    (t: string) => ({ id: 'a', choices: [{ index: 0, text: t, logprobs: null, finish_reason: null }] }),
    (t: string) => ({ choices: [{ index: 0, delta: { content: t } }], note: '"content":"' }),
    (t: string) => ({ choices: [{ index: 0, delta: { content: t } }], more: { content: t } }),
    (t: string) => ({ choices: [{ index: 0, delta: { reasoning_content: t }, finish_reason: null }] }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(shape, text), { minLength: 1, maxLength: 30 }), (items) => {
      const seen = read([...items.map(([make, t]) => JSON.stringify(make(t))), '[DONE]'])
      expect(seen.events.map(([, , t]) => t)).toEqual(items.map(([, t]) => Buffer.from(t).toString('utf8')))
      expect(seen.events.every(([, tokens]) => tokens === 1)).toBe(true)
      expect(seen.failures).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

test('a reader is as new after reset', () => {
  const reader = new OpenAiReader()
  read(['{"choices":[{"text":"a"}]}', '{"choices":[{"text":"b"}]}', '[DONE]'], reader)
  expect(read([], reader).failures[0]?.[0]).toBe('truncated')
})

test.each([
  ['{"error":{"message":"no such model","type":"x"}}', 'no such model'],
  ['{"object":"error","message":"bad","code":400}', 'bad'],
  ['{"detail":"Not Found"}', 'Not Found'],
  ['{"error":"busy"}', 'busy'],
  ['<html>\n  <body>502</body>', '<html> <body>502</body>'],
])('the sentence in the error body %s', (body, sentence) => {
  expect(openAiErrorMessage(body)).toBe(sentence)
})

import { describe, expect, test } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { behaviourNamed } from './faults.ts'
import { openAiChat, openAiCompletions } from './shapes/openai.ts'
import type { Asked, Shape } from './shapes/shape.ts'
import { streamReply } from './stream-reply.ts'
import type { Timeline } from './timing/timing-model.ts'
import { words } from './words.ts'

const NS_PER_MS = 1e6

const defaults: Asked = {
  model: 'm"1',
  stream: true,
  outputTokens: 4,
  prompts: [{ tokens: 3, text: 'one two three' }],
  listed: false,
  n: 1,
  includeUsage: true,
  tokenIds: false,
  progress: false,
}
const identity = { id: 'run-0', model: 'm"1', created: 1_700_000_000, firstNs: 20e6, lastNs: 35e6 }
const chat = openAiChat()

function reply(
  behaviour: Behaviour | undefined,
  asked: Partial<Asked> = {},
  timeline?: Timeline,
  shape: Shape = openAiCompletions(),
) {
  return streamReply({
    shape,
    asked: { ...defaults, ...asked },
    identity,
    timeline: timeline ?? { due: (event) => (20 + 5 * event) * NS_PER_MS },
    behaviour: behaviour ?? {},
    closes: false,
    chunked: true,
    seed: 1,
  })
}

const steps = (of: ReturnType<typeof reply>) => Array.from({ length: of.steps }, (_, step) => step)
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

test('a completions stream is exactly this', () => {
  const stream = reply({})
  const start =
    'data: {"id":"cmpl-run-0","object":"text_completion","created":1700000000,"model":"m\\"1","choices":['
  const text = (word: string, finish = 'null') =>
    chunk(
      `${start}{"index":0,"text":"${word}","logprobs":null,"finish_reason":${finish},"stop_reason":null,"token_ids":null}]}\n\n`,
    )
  expect(stream.head.toString()).toBe(
    'HTTP/1.1 200 OK\r\nServer: assay-reference\r\nX-Assay-Timings: simulated\r\n' +
      'Content-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  expect(steps(stream).map((step) => stream.bytes(step).toString())).toEqual([
    text(' the'),
    text(' river'),
    text(' was'),
    text(' low', '"length"') +
      chunk(`${start}],"usage":{"prompt_tokens":3,"total_tokens":7,"completion_tokens":4}}\n\n`) +
      chunk('data: [DONE]\n\n') +
      '0\r\n\r\n',
  ])
})

test('a chat stream opens with the role in the write of the first token', () => {
  const stream = reply({}, { outputTokens: 2, includeUsage: false }, undefined, chat)
  const start =
    'data: {"id":"chatcmpl-run-0","object":"chat.completion.chunk","created":1700000000,"model":"m\\"1","choices":[{"index":0,"delta":{'
  expect(steps(stream).map((step) => stream.bytes(step).toString())).toEqual([
    chunk(`${start}"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`) +
      chunk(`${start}"content":" the"},"logprobs":null,"finish_reason":null,"token_ids":null}]}\n\n`),
    chunk(
      `${start}"content":" river"},"logprobs":null,"finish_reason":"length","stop_reason":null,"token_ids":null}]}\n\n`,
    ) +
      chunk('data: [DONE]\n\n') +
      '0\r\n\r\n',
  ])
})

test('every word comes through JSON unharmed, however it is rendered', () => {
  const n = words.length
  for (const name of ['finish-apart', 'bundle-1', 'content-length']) {
    const stream = reply(behaviourNamed(name), { outputTokens: n })
    const body = steps(stream).map((step) => stream.bytes(step).toString())
    const texts = [...body.join('').matchAll(/"text":("(?:[^"\\]|\\.)+")/g)].map(([, json]) =>
      JSON.parse(json ?? ''),
    )
    expect(texts).toEqual(words)
  }
})

test('event k is due at ttft + k × itl', () => {
  const stream = reply({})
  expect(steps(stream).map((step) => stream.dueNs(step) / NS_PER_MS)).toEqual([20, 25, 30, 35])
})

test('a stall puts off the middle event and all after it', () => {
  const stream = reply(behaviourNamed('stall'))
  expect(steps(stream).map((step) => stream.dueNs(step) / NS_PER_MS)).toEqual([20, 25, 530, 535])
})

test('bundles hold several tokens an event, joined writes several events', () => {
  const counts = (name: string) => {
    const stream = reply(behaviourNamed(name), { outputTokens: 7 })
    return steps(stream).map((step) => [
      stream.dueNs(step) / NS_PER_MS,
      stream.events(step),
      Array.from({ length: stream.events(step) }, (_, event) => stream.tokens(step, event)),
      stream.bytes(step).toString().split('"text"').length - 1,
    ])
  }
  expect(counts('bundle-3')).toEqual([
    [20, 1, [3], 1],
    [25, 1, [3], 1],
    [30, 1, [1], 1],
  ])
  expect(counts('join-3')).toEqual([
    [20, 3, [1, 1, 1], 3],
    [25, 3, [1, 1, 1], 3],
    [30, 1, [1], 1],
  ])
})

test('a drip sends a comment each 100 ms for ever', () => {
  const stream = reply(behaviourNamed('drip'))
  expect(stream.steps).toBe(Number.POSITIVE_INFINITY)
  expect([0, 1, 50].map((step) => stream.dueNs(step) / NS_PER_MS)).toEqual([100, 200, 5100])
  expect(stream.bytes(1e6).toString()).toBe(chunk(': still here\n\n'))
})

test('an endless stream has a token for every step, at most one a millisecond', () => {
  const stream = streamReply({
    shape: chat,
    asked: { ...defaults, outputTokens: 1 },
    identity,
    timeline: { due: () => 0 },
    behaviour: behaviourNamed('endless') ?? {},
    closes: false,
    chunked: true,
    seed: 1,
  })
  expect(stream.steps).toBe(Number.POSITIVE_INFINITY)
  expect([stream.dueNs(12_345), stream.events(12_345), stream.tokens(12_345, 0)]).toEqual([12_345e6, 1, 1])
  expect(stream.bytes(words.length + 1).toString()).toContain('{"content":" river"}')
})

describe('a recorded reply', () => {
  // Events of 2, 0, 1 and 3 tokens, of which two came at once.
  const upTo = [2, 2, 3, 6]
  const timeline: Timeline = {
    due: (event) => ([7, 9, 9, 30][event] ?? 30) * NS_PER_MS,
    recorded: { events: 4, before: (event) => (event === 0 ? 0 : (upTo[event - 1] ?? 6 + event - 4)) },
  }
  const story = (stream: ReturnType<typeof reply>) =>
    steps(stream).map((step) => [
      stream.dueNs(step) / NS_PER_MS,
      ...Array.from({ length: stream.events(step) }, (_, event) => stream.tokens(step, event)),
      [
        ...stream
          .bytes(step)
          .toString()
          .matchAll(/"text":"([^"]*)"/g),
      ]
        .map(([, text]) => text)
        .join('|'),
    ])

  test('has the events, tokens and times of the record, whatever was asked for', () => {
    const stream = reply({}, { outputTokens: 99 }, timeline)
    expect(story(stream)).toEqual([
      [7, 2, ' the river'],
      [9, 0, ''],
      [9, 1, ' was'],
      [30, 3, ' low that summer'],
    ])
    const last = reply({}, {}, timeline).bytes(3).toString()
    expect(last).toContain('"completion_tokens":6')
    expect(last).toContain('"finish_reason":"length"')
  })

  test('without events it ends at once', () => {
    const none: Timeline = { due: () => 0, recorded: { events: 0, before: () => 0 } }
    const stream = reply({}, {}, none)
    expect(story(stream)).toEqual([[0, '']])
    expect(stream.bytes(0).toString()).toContain('"completion_tokens":0')
  })

  test('faults cut its events, and go on beyond them', () => {
    expect(story(reply(behaviourNamed('short'), {}, timeline))).toEqual([
      [7, 2, ' the river'],
      [9, 0, ''],
    ])
    const endless = reply(behaviourNamed('endless'), {}, timeline)
    expect([endless.steps, endless.dueNs(40) / NS_PER_MS, endless.tokens(40, 0)]).toEqual([
      Number.POSITIVE_INFINITY,
      40,
      1,
    ])
  })
})

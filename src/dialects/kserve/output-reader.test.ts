import { describe, expect, test } from 'vitest'
import type { StreamSink } from '../../model/dialect.ts'
import { OutputReader, type Response } from './output-reader.ts'

/** What the reader makes of the responses: texts with their tokens, and what it says at the end. */
function told(mode: 'auto' | 'delta' | 'cumulative', responses: readonly Response[], echo?: string) {
  const events: [string, number][] = []
  const said: unknown[] = []
  const sink: StreamSink = {
    prompt: () => {},
    event: (_, tokens, bytes, start, end) => {
      events.push([Buffer.from(bytes.subarray(start, end)).toString(), tokens])
    },
    usage: (usage) => void said.push(usage),
    finish: (reason) => void said.push(reason),
    serverId: () => {},
    fail: (kind) => void said.push(kind),
  }
  const reader = new OutputReader(mode)
  reader.reset(echo)
  for (const response of responses) reader.read(response, sink)
  reader.end(sink)
  return { events, said }
}

const texts = (...all: string[]) => all.map((text) => ({ text }))

test('a response is a token where nothing else is said', () => {
  expect(told('delta', texts(' a', ' b'))).toEqual({
    events: [
      [' a', 1],
      [' b', 1],
    ],
    said: [],
  })
})

test('counts that responses state are added up', () => {
  const { events, said } = told('delta', [
    { text: ' a b', tokens: 2, inputTokens: 5, finishReason: '' },
    { text: '', tokens: 1 },
    { text: ' c', tokens: 1, finishReason: 'length' },
  ])
  expect(events).toEqual([
    [' a b', 2],
    ['', 1],
    [' c', 1],
  ])
  expect(said).toEqual(['length', { inputTokens: 5, outputTokens: 4 }])
})

test('an empty response at the end is no token, one in the middle is', () => {
  expect(told('delta', texts(' a', '', ' b', '')).events).toEqual([
    [' a', 1],
    ['', 1],
    [' b', 1],
  ])
})

describe('texts that repeat what came before', () => {
  test('are known by the second', () => {
    expect(told('auto', texts(' a', ' a b', ' a b c')).events).toEqual([
      [' a', 1],
      [' b', 1],
      [' c', 1],
    ])
    expect(told('auto', texts(' a', ' b', ' a b')).events).toEqual([
      [' a', 1],
      [' b', 1],
      [' a b', 1],
    ])
  })

  test('or by the option', () => {
    expect(told('cumulative', texts(' a', ' a', ' a b')).events).toEqual([
      [' a', 1],
      ['', 1],
      [' b', 1],
    ])
    expect(told('delta', texts('ha', 'haha')).events).toEqual([
      ['ha', 1],
      ['haha', 1],
    ])
  })
})

test('the prompt is cut off an answer that begins with it', () => {
  expect(told('delta', texts('Hi there'), 'Hi').events).toEqual([[' there', 1]])
  expect(told('delta', texts('there'), 'Hi').events).toEqual([['there', 1]])
})

test('nothing at all is a failure', () => {
  expect(told('delta', []).said).toEqual(['empty'])
  expect(told('delta', texts('')).said).toEqual(['empty'])
})

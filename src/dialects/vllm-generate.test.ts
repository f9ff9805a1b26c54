// Streams as vLLM's demo server writes them, simulated: no such server was at hand.
import { expect, test } from 'vitest'
import { cutsThatMatter, listen, readStream } from '../../test/replies.ts'
import { makeSplitter } from './framing/index.ts'
import { makeVllmGenerate } from './vllm-generate.ts'

const dialect = makeVllmGenerate({})

function heard(stream: string, echoes: readonly string[]): string[] {
  const said: string[] = []
  const sink = listen(said)
  const reader = dialect.makeReader()
  const splitter = makeSplitter('nul', (bytes, start, end) => reader.read(bytes, start, end, sink))
  reader.reset(echoes)
  splitter.feed(Buffer.from(stream), 0, Buffer.byteLength(stream))
  splitter.end()
  reader.end(sink)
  return said
}

test.each(['\0', '\n'])('records that end with %j: the prompt is skipped, what repeats is skipped', (end) => {
  const stream = `{"text": ["Hi a"]}${end}{"text": ["Hi a b"]}${end}{"text": ["Hi a b"]}${end}`
  expect(heard(stream, ['Hi'])).toEqual(['content 1 " a"', 'content 1 " b"'])
})

test('half a character waits, several answers are kept apart', () => {
  const stream = '{"text":["P \ufffd","P x"]}\n{"text":["P é","P x y"]}\n'
  expect(heard(stream, ['P', 'P'])).toEqual([
    'content 1 " "',
    'prompt 1',
    'content 1 " x"',
    'prompt 0',
    'content 1 "é"',
    'prompt 1',
    'content 1 " y"',
  ])
  expect(cutsThatMatter(() => dialect.makeReader(), stream, 'nul')).toEqual([])
})

test('a text that is not the prompt and what came before it is told, not counted', () => {
  expect(heard('{"text":["answer"]}\n', ['Prompt'])).toEqual([
    'fail malformed: The server sent a text that does not begin with the prompt: "answer".',
  ])
  expect(heard('{"text":["P a b"]}\n{"text":["P a c"]}\n', ['P'])).toEqual([
    'content 1 " a b"',
    'fail malformed: The server sent a text that does not continue the one before it: "P a c".',
  ])
})

test('an answer in one piece', () => {
  expect(heard('{"text":["P a b"]}', ['P'])).toEqual(['content 1 " a b"'])
})

test('what one reply left behind does not show in the next', () => {
  const reader = dialect.makeReader()
  const read = (record: string, echoes: readonly string[]) => {
    const said: string[] = []
    const sink = listen(said)
    reader.reset(echoes)
    reader.read(Buffer.from(record), 0, Buffer.byteLength(record), sink)
    reader.end(sink)
    return said
  }
  expect(read('{"text":["P a","P b"]}', ['P', 'P'])).toEqual(['content 1 " a"', 'prompt 1', 'content 1 " b"'])
  expect(read('{"text":["Q c","d"]}', ['Q'])).toEqual(['content 1 " c"', 'prompt 1', 'content 1 "d"'])
})

test('replies that are not whole', () => {
  expect(heard('', ['P'])).toEqual([expect.stringMatching(/^fail truncated/)])
  expect(heard('{"text":["P"]}\0', ['P'])).toEqual([expect.stringMatching(/^fail empty.*beyond the prompt/)])
  expect(heard('{"detail":"out of memory"}', ['P'])).toEqual(['fail stream-error: out of memory'])
  expect(heard('{"text":"P a"}\0', ['P'])).toEqual([expect.stringMatching(/^fail malformed.*list of texts/)])
  expect(readStream(dialect.makeReader(), '{"text":["a', 'nul')).toEqual([
    expect.stringMatching(/^fail malformed/),
  ])
})

test('a request is flat, and its prompt is foreseen in each answer', () => {
  const request = {
    id: 0,
    input: { kind: 'prompt', text: 'Hi' },
    output: { tokens: 5, mode: 'exact' },
    sampling: { temperature: 0, n: 2 },
  } as const
  expect(JSON.parse(dialect.encode(request, 'm', { priority: 1 }))).toEqual({
    prompt: 'Hi',
    max_tokens: 5,
    ignore_eos: true,
    temperature: 0,
    n: 2,
    stream: true,
    priority: 1,
  })
  expect(dialect.echoes?.(request)).toEqual(['Hi', 'Hi'])
  expect(makeVllmGenerate({ reply: 'whole' }).capabilities.streaming).toBe(false)
})

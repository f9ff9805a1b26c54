import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dialect, DialectName, DialectOptions, StreamSink } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import { eventFlags } from '../model/record.ts'
import type { Request, RequestInput } from '../model/request.ts'
import { type Sampling, samplingKeys } from '../model/workload.ts'
import { makeSplitter } from './framing/index.ts'
import { dialects, loadDialect } from './index.ts'

/** Settings of dialects that cannot be spoken without. */
const settings: Readonly<Partial<Record<string, DialectOptions>>> = {
  custom: {
    path: '/generate',
    body: {
      prompt: '{{prompt}}',
      messages: '{{messages}}',
      n: '{{maxTokens}}',
      ignore_eos: '{{ignoreEos}}',
      temperature: '{{temperature}}',
      stop: '{{stop}}',
    },
    reply: {
      framing: 'sse',
      text: 'choices[0].text',
      tokenIds: 'choices[0].ids',
      finishReason: 'choices[0].finish',
      inputTokens: 'usage.in',
      outputTokens: 'usage.out',
      error: 'error',
      serverId: 'id',
    },
  },
}

/** An input of each kind that could be wrong in no way but its kind. */
const inputs: { readonly [K in RequestInput['kind']]: RequestInput } = {
  prompt: { kind: 'prompt', text: 'one two' },
  chat: { kind: 'chat', messages: [{ role: 'user', content: 'one two' }] },
  tokens: { kind: 'tokens', ids: [5, 6] },
  batch: { kind: 'batch', prompts: ['one', 'two'] },
  'rich-chat': { kind: 'rich-chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'one' }] }] },
  body: { kind: 'body', text: '{"one": "two"}' },
}

/** A value of each setting that is no server's default. */
const values: Required<Sampling> = {
  temperature: 0.31,
  topP: 0.32,
  topK: 33,
  minP: 0.34,
  repetitionPenalty: 1.35,
  presencePenalty: 0.36,
  frequencyPenalty: 0.37,
  beams: 3,
  n: 3,
  seed: 38,
  stop: ['stop39'],
  logprobs: 4,
  addSpecialTokens: false,
  skipSpecialTokens: false,
}

function requestOf(dialect: Dialect, changes: Partial<Request> = {}): Request {
  const [kind = 'prompt'] = dialect.capabilities.inputs
  return {
    id: 0,
    input: inputs[kind],
    output: { tokens: 16, mode: 'up-to' },
    sampling: {},
    inputTokens: { value: 2, source: 'tokenizer' },
    ...changes,
  }
}

/** What a reader says of the reply; pieces as they come from a socket, in a buffer that is used again. */
function readReply(dialect: Dialect, reply: string, seeds: readonly number[] = []) {
  const said: string[] = []
  const fails: string[] = []
  let tokens = 0
  const sink: StreamSink = {
    prompt: (index) => void said.push(`prompt ${index}`),
    event: (flags, count, bytes, start, end) => {
      tokens += count
      const text = Buffer.from(bytes.subarray(start, end)).toString('utf8')
      said.push(`event ${flags & ~eventFlags.coalesced} ${count} ${text}`)
    },
    usage: (usage) => void said.push(`usage ${JSON.stringify(usage)}`),
    finish: (reason) => void said.push(`finish ${reason}`),
    serverId: (id) => void said.push(`id ${id}`),
    fail: (kind, message) => {
      fails.push(kind)
      said.push(`fail ${kind} ${message}`)
    },
  }
  const reader = dialect.makeReader()
  reader.reset([])
  const splitter = makeSplitter(dialect.framing, (data, start, end) => reader.read(data, start, end, sink))
  const bytes = Buffer.from(reply)
  const cuts = seeds.map((seed) => seed % (bytes.length + 1)).sort((a, b) => a - b)
  const buffer = new Uint8Array(bytes.length + 1)
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    buffer.fill(0)
    buffer.set(bytes.subarray(from, to))
    splitter.feed(buffer, 0, to - from)
    from = to
  }
  splitter.end()
  reader.end(sink)
  return { said, fails, tokens, text: said.filter((one) => one.startsWith('event')) }
}

const exampleOf = ({ example }: Dialect) => [...example.events, example.ending].join('')

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof AssayError && error.hint !== undefined ? error.code : String(error)
  }
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 1e308, 2 ** 53, '', [], {}, [null], 'x'.repeat(5000)),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Every place in a JSON value, as the keys that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === key ? replaced(item, rest, by) : item))
  const fields = value as Record<string, unknown>
  return { ...fields, [key]: replaced(fields[key], rest, by) }
}

/** The JSON objects inside a framed reply, and what surrounds each. */
const jsonInside = /\{.*\}/g

const names = Object.keys(dialects) as DialectName[]

describe.each(names)('%s', async (name) => {
  const dialect = await loadDialect(name, settings[name] ?? {})
  const { capabilities } = dialect
  const encode = (changes: Partial<Request> = {}) => dialect.encode(requestOf(dialect, changes), 'model', {})

  test('its name is its key in the table, and its path begins with /', () => {
    expect(dialect.name).toBe(name)
    expect(dialect.path).toMatch(/^\//)
  })

  test('its example is a whole reply', () => {
    const { fails, tokens } = readReply(dialect, exampleOf(dialect))
    expect(fails).toEqual([])
    expect(tokens).toBeGreaterThan(0)
  })

  test('its example with repeated events is one too', () => {
    const { events, ending } = dialect.example
    expect(readReply(dialect, [...events, ...events, ending].join('')).fails).toEqual([])
  })

  test('its example cut anywhere says the same', () => {
    const reply = exampleOf(dialect)
    const whole = readReply(dialect, reply).said
    // Where a read is an event, cuts make events: the text is what must stay.
    const comparable = (said: readonly string[]) =>
      dialect.framing === 'raw' ? [said.map((one) => one.replace(/^event \d+ \d+ /, '')).join('')] : said
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (seeds) => {
        expect(comparable(readReply(dialect, reply, seeds).said)).toEqual(comparable(whole))
      }),
    )
    for (let cut = 0; cut <= Buffer.byteLength(reply); cut++) {
      expect(comparable(readReply(dialect, reply, [cut]).said)).toEqual(comparable(whole))
    }
  })

  test.each(Object.values(inputs))('input $kind is sent or refused, as its capabilities say', (input) => {
    const code = codeOf(() => JSON.parse(encode({ input })))
    expect(code).toBe(capabilities.inputs.includes(input.kind) ? undefined : 'unsupported-input')
  })

  test.each(samplingKeys)('%s is sent or refused, as its capabilities say', (key) => {
    const sampling = { [key]: values[key] }
    if (!capabilities.sampling.includes(key)) {
      expect(codeOf(() => encode({ sampling }))).toBe('unsupported-sampling')
      return
    }
    const [plain, changed] = [encode(), encode({ sampling })]
    expect(changed).not.toBe(plain)
  })

  test('a forced length is in the body exactly if its capabilities say how', () => {
    const exact = encode({ output: { tokens: 16, mode: 'exact' } })
    const capped = encode({ output: { tokens: 16, mode: 'up-to' } })
    expect(exact !== capped).toBe(capabilities.exactLength !== undefined)
  })

  test('the length is in the body, and fields of the target come last', () => {
    expect(encode({ output: { tokens: 4321, mode: 'up-to' } })).toContain('4321')
    const body = dialect.encode(requestOf(dialect), 'model', { extra_field: { a: 1 } })
    expect(body).toContain('"extra_field":{"a":1}')
  })

  test('an empty reply is a failure with a sentence', () => {
    const { fails, said } = readReply(dialect, '')
    expect(['truncated', 'empty']).toContain(fails[0])
    expect(said.at(-1)).toMatch(/\.$/)
  })

  test('a reply cut short is told from a whole one', () => {
    const { events } = dialect.example
    if (events.length === 0 || dialect.capabilities.endMarker.startsWith('the end of the reply')) return
    expect(readReply(dialect, events.join('')).fails).toEqual(['truncated'])
  })

  test.each([
    '',
    'Bad gateway',
    '<html>',
    'null',
    '[]',
    '{}',
    '3',
    '{"error":{"message":"too long"}}',
    '{"detail":[{"loc":["body"],"msg":"x"}]}',
  ])('the error body %j gives one line', (body) => {
    const message = dialect.errorMessage(body)
    expect(message).toBeTypeOf('string')
    expect(message).not.toContain('\n')
    expect(message.length).toBeLessThan(1000)
    if (body.includes('too long')) expect(message).toContain('too long')
  })

  test('wrong values anywhere in a reply never throw', () => {
    const { events, ending } = dialect.example
    fc.assert(
      fc.property(fc.nat(), fc.nat(), hostile, (which, where, value) => {
        const pieces = [...events, ending]
        const at = which % pieces.length
        pieces[at] = (pieces[at] ?? '').replaceAll(jsonInside, (json) => {
          const payload: unknown = JSON.parse(json)
          const places = placesIn(payload)
          return JSON.stringify(replaced(payload, places[where % places.length] ?? [], value))
        })
        expect(() => readReply(dialect, pieces.join(''))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  test('a reply of anything never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.boolean(), (text, asEvent) => {
        expect(() => readReply(dialect, asEvent ? `data: ${text}\n\n` : `${text}\n`)).not.toThrow()
      }),
    )
  })
})

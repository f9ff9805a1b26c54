import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ResponseHead } from './head.ts'
import { HeadMemory } from './head.ts'
import { ResponseParser } from './response-parser.ts'

interface Parsed {
  head: ResponseHead | undefined
  body: string
  complete: boolean
  broken: string | undefined
  rest: number
}

/** As in a run: one for all responses, most of which have another head than the one before. */
const heads = new HeadMemory()

/** Parses bytes that arrive in pieces, each in the same reused buffer. */
function parse(bytes: Buffer, cuts: readonly number[], closes = false): Parsed {
  const found: Parsed = { head: undefined, body: '', complete: false, broken: undefined, rest: 0 }
  const body: Buffer[] = []
  const parser = new ResponseParser(
    {
      head: (head) => {
        found.head = head
      },
      body: (data, start, end) => body.push(Buffer.from(data.subarray(start, end))),
      broken: (kind, message) => {
        found.broken = `${kind}: ${message}`
      },
    },
    heads,
  )
  parser.reset()
  const buffer = Buffer.alloc(bytes.length + 1)
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    buffer.fill(0)
    bytes.copy(buffer, 0, from, to)
    const end = parser.read(buffer, 0, to - from)
    found.rest += to - from - end
    from = to
  }
  if (closes) parser.closed()
  found.complete = parser.complete
  found.body = Buffer.concat(body).toString('latin1')
  return found
}

const chunked = (parts: readonly Buffer[], end: string) =>
  Buffer.concat([
    ...parts.flatMap((part) => [
      Buffer.from(`${part.length.toString(16)}${end}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('0\r\n\r\n'),
  ])

const response = fc
  .record({
    parts: fc.array(
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((part) => Buffer.from(part)),
      { maxLength: 8 },
    ),
    framing: fc.constantFrom('chunked', 'extended', 'length'),
    early: fc.boolean(),
  })
  .map(({ parts, framing, early }) => {
    const whole = Buffer.concat(parts)
    const head =
      framing === 'length'
        ? `Content-Length: ${whole.length}`
        : 'Transfer-Encoding: chunked\r\nContent-Type: text/event-stream'
    return {
      whole,
      bytes: Buffer.concat([
        Buffer.from(early ? 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n' : ''),
        Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`),
        framing === 'length' ? whole : chunked(parts, framing === 'extended' ? ';a=b' : ''),
      ]),
    }
  })

/** Serves the bytes last put there, whatever the request. */
let bytesToServe = Buffer.alloc(0)
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end(bytesToServe))
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
})

test('any chunking gives the body, and leaves what follows unread', () => {
  fc.assert(
    fc.property(
      response,
      fc.array(fc.nat(), { maxLength: 20 }),
      fc.nat(5),
      ({ whole, bytes }, seeds, extra) => {
        const all = Buffer.concat([bytes, Buffer.alloc(extra, 'H')])
        const cuts = seeds.map((seed) => seed % (all.length + 1)).sort((a, b) => a - b)
        const parsed = parse(all, cuts)
        expect(parsed.broken).toBeUndefined()
        expect(parsed.complete).toBe(true)
        expect(parsed.body).toBe(whole.toString('latin1'))
        expect(parsed.rest).toBe(extra)
      },
    ),
    { numRuns: 3000 },
  )
})

test('undici reads the same status and body', async () => {
  await fc.assert(
    fc.asyncProperty(response, async ({ bytes }) => {
      bytesToServe = bytes
      const oracle = await request(url)
      const body = Buffer.from(await oracle.body.arrayBuffer()).toString('latin1')
      const parsed = parse(bytes, [])
      expect([parsed.head?.status, parsed.body]).toEqual([oracle.statusCode, body])
    }),
    { numRuns: 100 },
  )
})

test('a response cut at every byte is the same response', () => {
  const bytes = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nKeep-Alive: timeout=5, max=3\r\n\r\n' +
      '6;x="y"\r\ndata: \r\n3\r\na\n\n\r\n0\r\nTrailer: z\r\n\r\n',
  )
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parsed = parse(bytes, [cut])
    expect(parsed.body).toBe('data: a\n\n')
    expect(parsed.complete).toBe(true)
    expect(parsed.head).toMatchObject({ idleLimitS: 5, requestsLeft: 3, keepAlive: true })
  }
})

test('a body without length ends when the server closes', () => {
  const bytes = Buffer.from('HTTP/1.0 200 OK\r\n\r\nabc')
  expect(parse(bytes, [])).toMatchObject({ body: 'abc', complete: false })
  expect(parse(bytes, [], true)).toMatchObject({ body: 'abc', complete: true, head: { keepAlive: false } })
})

test.each([
  ['not HTTP', 'SSH-2.0-OpenSSH\r\n', /protocol: The server does not speak HTTP/],
  ['HTTP/2 only', 'PRI * HTTP/2.0\r\n\r\n', /protocol: The server does not speak HTTP/],
  [
    'a chunk without a size',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    /chunk without a valid size/,
  ],
  [
    'an empty chunk size',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n',
    /chunk without a valid size/,
  ],
  [
    'a chunk longer than it says',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n',
    /longer than it says/,
  ],
  [
    'two lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
    /invalid Content-Length/,
  ],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /invalid Content-Length/],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', /header line without a name/],
  ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', /transfer encoding "gzip"/],
  ['a switch of protocols', 'HTTP/1.1 101 Switching\r\n\r\n', /switch protocols/],
  ['an endless head', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`, /too-large/],
])('%s is refused with a sentence', (_, bytes, sentence) => {
  const { broken, complete } = parse(Buffer.from(bytes), [])
  expect(broken).toMatch(sentence)
  expect(complete).toBe(false)
})

test('Retry-After is read as seconds, or as a date by the server’s own clock', () => {
  const head = (lines: string) =>
    parse(Buffer.from(`HTTP/1.1 429 Slow\r\n${lines}Content-Length: 0\r\n\r\n`), []).head
  expect(head('Retry-After: 2\r\n')?.retryAfterS).toBe(2)
  expect(
    head('Date: Mon, 01 Jan 2024 00:00:00 GMT\r\nRetry-After: Mon, 01 Jan 2024 00:00:30 GMT\r\n')
      ?.retryAfterS,
  ).toBe(30)
  expect(head('')?.retryAfterS).toBeUndefined()
})

test('a head that comes again is known, and one that only begins like it is not', () => {
  const first = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n'
  const other = first.replace('Length: 2', 'Length: 3')
  for (const [text, body] of [
    [first, 'ab'],
    [first, 'cd'],
    [other, 'efg'],
    [first, 'hi'],
  ] as const) {
    const found = parse(Buffer.from(text + body), [])
    expect(found).toMatchObject({ body, complete: true, broken: undefined, rest: 0 })
    expect(found.head?.body).toEqual({ kind: 'length', bytes: body.length })
  }
})

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { behaviourNamed, faults } from './faults.ts'
import { type Reference, startReference } from './server.ts'
import { words } from './words.ts'

let server: Reference
beforeAll(async () => {
  server = await startReference({ timing: { kind: 'fixed', ttftMs: 2, itlMs: 0 } })
})
afterAll(() => server.close())

const asked = { prompt: 'a b c', max_tokens: 40, stream: true, stream_options: { include_usage: true } }

interface Heard {
  readonly raw: string
  readonly head: string
  /** Chunks undone. */
  readonly body: string
  /** Payloads of `data:` lines. */
  readonly payloads: readonly string[]
  /** Texts of the payloads that have one. */
  readonly texts: readonly string[]
  readonly reads: number
  readonly bytes: Buffer
  readonly ended: 'open' | 'end' | 'reset'
}

/** Sends one request and listens until `until` is heard, or the connection ends. */
function hear(fault: string, until: string, body: object = asked): Promise<Heard> {
  const json = JSON.stringify(body)
  const request = `POST /fault/${fault}/v1/completions HTTP/1.1\r\nX-Request-Id: ${fault}\r\nContent-Length: ${json.length}\r\n\r\n${json}`
  return new Promise((resolve) => {
    const reads: Buffer[] = []
    const socket = connect({ port: server.port, host: '127.0.0.1' }, () => socket.write(request))
    const done = (ended: Heard['ended']) => {
      socket.destroy()
      const bytes = Buffer.concat(reads)
      const raw = bytes.toString('latin1')
      const start = raw.lastIndexOf('\r\n\r\n', raw.includes('data:') ? raw.indexOf('data:') : raw.length)
      const head = raw.slice(0, start)
      const rest = raw.slice(start + 4)
      const joined = head.includes('chunked') ? rest.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '') : rest
      const body = Buffer.from(joined, 'latin1').toString()
      const payloads = [...body.matchAll(/^data: (.*)$/gm)].map(([, payload]) => payload ?? '')
      const texts = [...body.matchAll(/"text":("(?:[^"\\]|\\.)+")/g)].map(([, json]) =>
        JSON.parse(json ?? ''),
      )
      resolve({ raw, head, body, payloads, texts, reads: reads.length, bytes, ended })
    }
    socket.on('data', (bytes) => {
      reads.push(bytes)
      if (until !== '' && Buffer.concat(reads.slice(-12)).includes(until)) done('open')
    })
    socket.on('error', () => done('reset'))
    socket.on('end', () => done('end'))
  })
}

const terminator = '0\r\n\r\n'
const lastPayload = (heard: Heard) => heard.payloads.at(-1)
const usageIn = (heard: Heard) =>
  heard.payloads.map((payload) => /"completion_tokens":(\d+)/.exec(payload)?.[1]).find(Boolean)

/** What each fault must look like on the wire. */
const expected: Record<string, () => Promise<void>> = {
  async 'status-N'() {
    const limited = await hear('status-429', '}}')
    expect(limited.head).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n[\s\S]*\r\nRetry-After: 2$/)
    expect(limited.raw).toContain('{"error":{"message":"Simulated refusal with status 429."')
    for (const status of [401, 404, 500]) {
      const heard = await hear(`status-${status}`, '}}')
      expect(heard.head).toContain(`HTTP/1.1 ${status} `)
      expect(heard.head).not.toContain('Retry-After')
      expect(heard.raw).toContain(`"code":${status}}}`)
    }
  },
  async 'status-500-after-headers'() {
    const heard = await hear('status-500-after-headers', terminator)
    expect(heard.head).toContain('HTTP/1.1 200 OK')
    expect(heard.payloads).toEqual([expect.stringContaining('{"error":{"message":'), '[DONE]'])
  },
  async 'error-200'() {
    const heard = await hear('error-200', terminator)
    expect(heard.texts).toHaveLength(20)
    expect(heard.payloads.slice(20)).toEqual([expect.stringContaining('{"error":{"message":'), '[DONE]'])
  },
  async 'http-404-html'() {
    const heard = await hear('http-404-html', '</html>')
    expect(heard.head).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*Content-Type: text\/html/)
  },
  async 'not-json'() {
    const heard = await hear('not-json', '</html>')
    expect(heard.head).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Type: text\/html/)
  },
  async redirect() {
    const heard = await hear('redirect', '\r\n\r\n')
    expect(heard.head).toMatch(/^HTTP\/1\.1 307 [\s\S]*\r\nLocation: \/v1\/completions/)
  },
  async never() {
    const silent = hear('never', '', asked)
    await hear('no-done', terminator)
    const seen = server.truth().requests.find((request) => request.requestId === 'never')
    expect(seen).toMatchObject({ fault: 'never', eventNs: [], complete: false })
    expect(seen).not.toHaveProperty('headersNs')
    void silent
  },
  async cut() {
    const heard = await hear('cut', '')
    expect(heard.ended).toBe('end')
    expect(heard.texts).toHaveLength(20)
    expect(heard.raw.endsWith('\n\n\r\n')).toBe(false)
  },
  async reset() {
    const heard = await hear('reset', '')
    expect(heard.ended).toBe('reset')
    expect(heard.raw).not.toContain('[DONE]')
  },
  async truncated() {
    const heard = await hear('truncated', terminator)
    expect([heard.texts.length, heard.payloads.length]).toEqual([20, 20])
    expect(heard.raw).not.toMatch(/"finish_reason":"/)
  },
  async 'bad-chunk'() {
    const heard = await hear('bad-chunk', '')
    expect(heard.raw).toMatch(/\n\n\r\nnot a chunk size\r\n/)
    expect(heard.ended).toBe('end')
  },
  async 'malformed-sse'() {
    const heard = await hear('malformed-sse', terminator)
    expect(heard.payloads[20]).toBe('{"choices":[{"index":0,')
    expect(() => JSON.parse(heard.payloads[20] ?? '')).toThrow()
    expect([heard.texts.length, lastPayload(heard)]).toEqual([40, '[DONE]'])
  },
  async drip() {
    const heard = await hear('drip', ': still here\n\n')
    expect(heard.head).toContain('HTTP/1.1 200 OK')
    expect(heard.payloads).toEqual([])
  },
  async endless() {
    const heard = await hear('endless', ' river', { ...asked, max_tokens: 1 })
    expect(heard.texts.length).toBeGreaterThan(1)
    expect(heard.raw).not.toMatch(/"finish_reason":"/)
  },
  async stall() {
    // When it stalls is tested in virtual time.
    const heard = await hear('stall', terminator, { ...asked, max_tokens: 2 })
    expect([heard.texts.length, lastPayload(heard)]).toEqual([2, '[DONE]'])
    const [first = 0, second = 0] = server.truth().requests.at(-1)?.eventNs ?? []
    expect(second - first).toBeGreaterThanOrEqual(490e6)
  },
  async empty() {
    const heard = await hear('empty', terminator)
    expect(heard.payloads).toHaveLength(3)
    expect(heard.payloads[0]).toContain('"text":"","logprobs":null,"finish_reason":"stop"')
    expect([usageIn(heard), lastPayload(heard)]).toEqual(['0', '[DONE]'])
  },
  async short() {
    const heard = await hear('short', terminator)
    expect([heard.texts.length, usageIn(heard)]).toEqual([20, '20'])
    expect(heard.payloads[19]).toContain('"finish_reason":"stop"')
  },
  async 'wrong-usage'() {
    const heard = await hear('wrong-usage', terminator)
    expect([heard.texts.length, usageIn(heard)]).toEqual([40, '47'])
  },
  async 'no-usage'() {
    const heard = await hear('no-usage', terminator)
    expect([heard.texts.length, usageIn(heard)]).toEqual([40, undefined])
  },
  async 'no-done'() {
    const heard = await hear('no-done', terminator)
    expect(heard.payloads[39]).toContain('"finish_reason":"length"')
    expect([heard.payloads.length, usageIn(heard)]).toEqual([41, '40'])
  },
  async 'finish-apart'() {
    const heard = await hear('finish-apart', terminator)
    expect(heard.payloads[39]).toContain('"finish_reason":null')
    expect(heard.payloads[40]).toContain('"text":"","logprobs":null,"finish_reason":"length"')
  },
  async 'role-first'() {
    const chat = { ...asked, messages: [{ role: 'user', content: 'a' }] }
    const json = JSON.stringify(chat)
    const reply = await fetch(`${server.url}/fault/role-first/v1/chat/completions`, {
      method: 'POST',
      body: json,
    })
    const [first, second] = (await reply.text()).split('\n\n')
    expect(first).toContain('"delta":{"role":"assistant","content":""}')
    expect(second).toContain('"delta":{"content":" the"}')
  },
  async 'bundle-N'() {
    const heard = await hear('bundle-16', terminator)
    expect([heard.texts.length, usageIn(heard)]).toEqual([3, '40'])
    expect(heard.payloads[0]).toContain('" the river was low')
  },
  async 'join-N'() {
    const heard = await hear('join-16', terminator)
    expect([heard.texts.length, usageIn(heard)]).toEqual([40, '40'])
    expect(new Set(server.truth().requests.at(-1)?.eventNs).size).toBe(3)
  },
  async 'one-byte'() {
    const heard = await hear('one-byte', terminator, { ...asked, max_tokens: 2 })
    expect([heard.texts.length, lastPayload(heard)]).toEqual([2, '[DONE]'])
    expect(heard.reads).toBeGreaterThan(heard.bytes.length / 4)
  },
  async split() {
    const heard = await hear('split', terminator)
    expect(heard.texts).toEqual(words.slice(0, 40))
    expect(heard.raw).not.toContain(heard.payloads[3])
    expect([lastPayload(heard), usageIn(heard)]).toEqual(['[DONE]', '40'])
    expect(heard.reads).toBeGreaterThan(40)
  },
  async gzip() {
    const reply = await fetch(`${server.url}/fault/gzip/v1/completions`, {
      method: 'POST',
      body: JSON.stringify(asked),
    })
    expect(reply.headers.get('content-encoding')).toBe('gzip')
    expect((await reply.text()).split('"text"')).toHaveLength(41)
  },
  async 'huge-header'() {
    const heard = await hear('huge-header', terminator)
    expect(heard.head.length).toBeGreaterThan(128 * 1024)
    expect(heard.texts).toHaveLength(40)
  },
  async 'continue-100'() {
    const heard = await hear('continue-100', terminator)
    expect(heard.raw).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(heard.texts).toHaveLength(40)
  },
  async 'content-length'() {
    const heard = await hear('content-length', '[DONE]\n\n')
    expect(heard.head).not.toContain('chunked')
    expect(heard.head).toContain(`\r\nContent-Length: ${Buffer.byteLength(heard.body)}`)
    expect(heard.texts).toHaveLength(40)
  },
  async 'connection-close'() {
    const heard = await hear('connection-close', '')
    expect([heard.ended, heard.texts.length, lastPayload(heard)]).toEqual(['end', 40, '[DONE]'])
    expect(heard.head).toContain('\r\nConnection: close')
  },
  async 'close-idle'() {
    const heard = await hear('close-idle', '')
    expect([heard.ended, heard.texts.length, lastPayload(heard)]).toEqual(['end', 40, '[DONE]'])
    expect(heard.head).not.toContain('Connection:')
  },
}

test.each(Object.keys(faults))('the fault %s looks as described on the wire', async (name) => {
  await expected[name]?.()
  expect.hasAssertions()
})

test('names that mean nothing are no faults', () => {
  const names = ['', 'nothing', 'status-200', 'status-N', 'bundle-0', 'bundle', 'toString', 'cut-2']
  expect(names.map(behaviourNamed)).toEqual(names.map(() => undefined))
})

test('docs/reference-server.md lists every fault with its sentence', () => {
  const page = readFileSync(new URL('../../docs/reference-server.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| fault |'))
  const rows = Object.fromEntries(
    [...table.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, k, v]) => [k, v]),
  )
  expect(rows).toEqual(
    Object.fromEntries(Object.entries(faults).map(([name, { summary }]) => [name, summary])),
  )
})

import { expect, test } from 'vitest'
import { type HttpRequest, RequestParser } from './request-parser.ts'

const head = 'POST /v1/completions?x=1 HTTP/1.1\r\nHost: x\r\nx-request-id: run-7 \r\nContent-Length: '

function parse(...reads: (string | Buffer)[]) {
  const requests: HttpRequest[] = []
  const parser = new RequestParser(1000, (request) => requests.push(request))
  let refusal: ReturnType<RequestParser['read']>
  for (const read of reads) refusal ??= parser.read(Buffer.from(read))
  return { requests, refusal }
}

test('reads method, path, id and body', () => {
  const { requests, refusal } = parse(`${head}4\r\n\r\nbody`)
  expect(refusal).toBeUndefined()
  expect(requests).toEqual([
    {
      method: 'POST',
      path: '/v1/completions',
      requestId: 'run-7',
      keepAlive: true,
      chunked: true,
      body: Buffer.from('body'),
    },
  ])
})

test('gives the same pipelined requests wherever the bytes are split', () => {
  const bytes = Buffer.from(`\r\n${head}5\r\n\r\nnaïvGET /health HTTP/1.0\r\n\r\n${head}0\r\n\r\n`)
  const whole = parse(bytes).requests
  expect(whole.map(({ path, body }) => [path, body.toString()])).toEqual([
    ['/v1/completions', 'naïv'],
    ['/health', ''],
    ['/v1/completions', ''],
  ])
  for (let at = 0; at <= bytes.length; at++) {
    expect(parse(bytes.subarray(0, at), bytes.subarray(at)).requests).toEqual(whole)
  }
  expect(parse(...Array.from(bytes, (byte) => Buffer.from([byte]))).requests).toEqual(whole)
})

test.each([
  ['HTTP/1.1', '', true, true],
  ['HTTP/1.1', 'Connection: close\r\n', false, true],
  ['HTTP/1.0', '', false, false],
  ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true, false],
])('%s with "%s": kept alive %s, chunks %s', (version, line, keepAlive, chunked) => {
  const { requests } = parse(`GET / ${version}\r\n${line}\r\n`)
  expect(requests[0]).toMatchObject({ keepAlive, chunked })
})

test.each([
  ['GET / HTTP/2.0\r\n\r\n', 400],
  ['hello\r\n\r\n', 400],
  ['GET / HTTP/1.1\r\nno colon\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', 411],
  ['POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n', 413],
  [`GET / HTTP/1.1\r\nX: ${'x'.repeat(17_000)}`, 431],
])('refuses %j', (bytes, status) => {
  const { requests, refusal } = parse(bytes)
  expect(requests).toEqual([])
  expect(refusal?.status).toBe(status)
})

import { expect, test } from 'vitest'
import type { Request } from '../model/request.ts'
import { freezeRequests, readRequest, thawWorkload } from './frozen.ts'

const request = (id: number, text: string): Request => ({
  id,
  input: { kind: 'prompt', text },
  output: { tokens: 1, mode: 'exact' },
  sampling: {},
})

test('a line is canonical JSON, whatever order a source writes its keys in', () => {
  const { bytes } = freezeRequests(
    'w',
    [
      {
        inputTokens: { source: 'tokenizer', value: 2 },
        sampling: { stop: ['a'], seed: 3, topP: 0.5, temperature: 0 },
        output: { mode: 'exact', tokens: 1 },
        input: { kind: 'chat', messages: [{ content: 'x', role: 'user' }] },
        id: 0,
      },
      request(1, 'y'),
    ],
    [],
  )
  expect(Buffer.from(bytes).toString()).toBe(
    [
      '{"id":0,"input":{"kind":"chat","messages":[{"role":"user","content":"x"}]},"output":{"tokens":1,"mode":"exact"},',
      '"sampling":{"temperature":0,"topP":0.5,"seed":3,"stop":["a"]},"inputTokens":{"value":2,"source":"tokenizer"}}\n',
      '{"id":1,"input":{"kind":"prompt","text":"y"},"output":{"tokens":1,"mode":"exact"},"sampling":{}}\n',
    ].join(''),
  )
})

test('the workload starts again after its last request', () => {
  const requests = [request(0, 'é\n'), request(1, '\u2028🎉'), request(2, '\ud800')]
  const frozen = freezeRequests('w', requests, ['a notice'])
  expect(frozen).toMatchObject({ name: 'w', count: 3, notices: ['a notice'] })
  expect([0, 1, 2, 3, 7].map((index) => readRequest(frozen, index))).toEqual(
    [0, 1, 2, 0, 1].map((id) => requests[id]),
  )
})

test('requests are read from memory that threads share', () => {
  const frozen = freezeRequests('w', [request(0, 'x')], [])
  const bytes = new Uint8Array(new SharedArrayBuffer(frozen.bytes.length))
  bytes.set(frozen.bytes)
  expect(readRequest({ ...frozen, bytes }, 5)).toEqual(request(0, 'x'))
})

test('a workload thawed from its bytes is the one that was frozen', () => {
  const frozen = freezeRequests('w', [request(0, 'a\nb'), request(1, 'ö')], ['short'])
  expect(thawWorkload('w', frozen.bytes, ['short'])).toEqual(frozen)
})

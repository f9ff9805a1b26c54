// What each shape puts on the wire, byte for byte. Token k is the k-th word: " the", " river", " was".
import { expect, test } from 'vitest'
import type { Behaviour } from '../behaviour.ts'
import { behaviourNamed } from '../faults.ts'
import { lightllm as lightllmServer } from '../personas/lightllm.ts'
import { llamacpp as llamacppServer } from '../personas/llamacpp.ts'
import { tgi as tgiServer } from '../personas/tgi.ts'
import { transformersServe } from '../personas/transformers-serve.ts'
import { streamReply } from '../stream-reply.ts'
import { wholeReply } from '../whole-reply.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { lightllm } from './lightllm.ts'
import { llamacppCompletion } from './llamacpp-completion.ts'
import { lmdeployGenerate } from './lmdeploy-generate.ts'
import { ollama } from './ollama.ts'
import { openAiCompletions } from './openai.ts'
import { openAiResponses } from './openai-responses.ts'
import { sglangGenerate } from './sglang-generate.ts'
import type { Asked, Identity, Shape } from './shape.ts'
import { tgi } from './tgi.ts'
import { vllmGenerate } from './vllm-generate.ts'
import { vllmTokens } from './vllm-tokens.ts'

const identity: Identity = { id: 'r-1', model: 'm', created: 1_767_225_600, firstNs: 5e6, lastNs: 20e6 }
const oneAsked: Asked = {
  model: 'm',
  stream: true,
  outputTokens: 2,
  prompts: [{ tokens: 3, text: 'Hi "you" there' }],
  listed: false,
  n: 1,
  includeUsage: true,
  tokenIds: false,
  progress: false,
}
const twoPrompts = { prompts: [...oneAsked.prompts, { tokens: 1, text: 'a' }], listed: true }

function options(shape: Shape, asked: Partial<Asked>, behaviour: Behaviour) {
  return {
    shape,
    asked: { ...oneAsked, ...asked },
    identity,
    behaviour,
    timeline: { due: () => 0 },
    closes: false,
    chunked: true,
    seed: 1,
  }
}

/** The body of a stream, chunks undone; the head's frames are part of it. */
function streamed(shape: Shape, asked: Partial<Asked> = {}, behaviour: Behaviour = {}): string {
  const reply = streamReply(options(shape, asked, { ...behaviour, knownLength: true }))
  const head = reply.head.toString()
  let body = head.slice(head.indexOf('\r\n\r\n') + 4)
  for (let step = 0; step < reply.steps; step++) body += reply.bytes(step).toString()
  return body
}

function whole(shape: Shape, asked: Partial<Asked> = {}): unknown {
  const bytes = wholeReply(options(shape, asked, {}))
    .bytes(0)
    .toString()
  return JSON.parse(bytes.slice(bytes.indexOf('\r\n\r\n') + 4))
}

const shapeOf = (persona: { shapes: Readonly<Record<string, Shape>> }, path: string): Shape => {
  const shape = persona.shapes[path]
  if (shape === undefined) throw new Error(`no shape at ${path}`)
  return shape
}

test('TGI: a token an event, the whole text in the last, no end marker', () => {
  expect(streamed(tgi(true))).toBe(
    'data:{"index":1,"token":{"id":1000,"text":" the","logprob":-0.1,"special":false},"top_tokens":[],"generated_text":null,"details":null}\n\n' +
      'data:{"index":2,"token":{"id":1001,"text":" river","logprob":-0.1,"special":false},"top_tokens":[],"generated_text":" the river","details":{"finish_reason":"length","generated_tokens":2,"seed":null,"input_length":3}}\n\n',
  )
  expect(streamed(tgi(true), { includeUsage: false })).toContain(
    '"generated_text":" the river","details":null',
  )
  expect(whole(tgi(false))).toEqual({
    generated_text: ' the river',
    details: {
      finish_reason: 'length',
      generated_tokens: 2,
      seed: null,
      prefill: [],
      tokens: [
        { id: 1000, text: ' the', logprob: -0.1, special: false },
        { id: 1001, text: ' river', logprob: -0.1, special: false },
      ],
    },
  })
})

test('TGI as OpenAI: usage beside the last completion, an empty id', () => {
  const body = streamed(shapeOf(tgiServer, '/v1/completions'), { includeUsage: false })
  expect(body).toContain('"id":""')
  expect(body).toContain(
    '"text":" river","logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\ndata: [DONE]',
  )
})

test('LightLLM: counts in every event', () => {
  expect(streamed(lightllm(true))).toBe(
    'data:{"token":{"id":1000,"text":" the","logprob":-0.1,"special":false,"count_output_tokens":1,"prompt_tokens":3},"generated_text":null,"finished":false,"finish_reason":null,"details":null}\n\n' +
      'data:{"token":{"id":1001,"text":" river","logprob":-0.1,"special":false,"count_output_tokens":2,"prompt_tokens":3},"generated_text":null,"finished":true,"finish_reason":"length","details":null}\n\n',
  )
  expect(whole(lightllm(false))).toEqual({
    generated_text: [' the river'],
    count_output_tokens: 2,
    finish_reason: 'length',
    prompt_tokens: 3,
  })
  expect(streamed(shapeOf(lightllmServer, '/v1/completions'), { includeUsage: false })).toContain(
    '"cached_tokens":0',
  )
})

test('SGLang: everything so far in every event, or what is new', () => {
  const start = '"id":"r-1","finish_reason"'
  expect(streamed(sglangGenerate(true))).toBe(
    `data: {"text":" the","output_ids":[1000],"meta_info":{${start}:null,"prompt_tokens":3,"completion_tokens":1,"cached_tokens":0}}\n\n` +
      `data: {"text":" the river","output_ids":[1000,1001],"meta_info":{${start}:{"type":"length","length":2},"prompt_tokens":3,"completion_tokens":2,"cached_tokens":0,"e2e_latency":0.02}}\n\n` +
      'data: [DONE]\n\n',
  )
  expect(streamed(sglangGenerate(false))).toContain('"text":" river","output_ids":[1001]')
})

test('SGLang: events of several prompts say whose they are', () => {
  const events = streamed(sglangGenerate(true), twoPrompts)
    .split('\n\n')
    .slice(0, 4)
    .map(
      (event) =>
        JSON.parse(event.slice(6)) as { text: string; index: number; meta_info: { prompt_tokens: number } },
    )
  expect(events.map(({ text, index, meta_info }) => [index, text, meta_info.prompt_tokens])).toEqual([
    [0, ' the', 3],
    [1, ' the', 1],
    [0, ' the river', 3],
    [1, ' the river', 1],
  ])
  expect(whole(sglangGenerate(true), twoPrompts)).toHaveLength(2)
})

test('LMDeploy: what is new, with a running count', () => {
  expect(streamed(lmdeployGenerate)).toBe(
    'data: {"text":" the","output_ids":[1000],"meta_info":{"prompt_tokens":3,"completion_tokens":1,"finish_reason":null,"output_token_logprobs":null}}\n\n' +
      'data: {"text":" river","output_ids":[1001],"meta_info":{"prompt_tokens":3,"completion_tokens":2,"finish_reason":{"type":"length"},"output_token_logprobs":null}}\n\n' +
      'data: [DONE]\n\n',
  )
})

test('llama.cpp: the end in an object of its own, no end marker', () => {
  const [first, second, last, rest] = streamed(llamacppCompletion).split('\n\n')
  expect([first, second, rest]).toEqual([
    'data: {"index":0,"content":" the","tokens":[1000],"stop":false,"id_slot":-1,"tokens_predicted":1,"tokens_evaluated":3}',
    'data: {"index":0,"content":" river","tokens":[1001],"stop":false,"id_slot":-1,"tokens_predicted":2,"tokens_evaluated":3}',
    '',
  ])
  expect(JSON.parse(last?.slice(6) ?? '')).toMatchObject({
    content: '',
    stop: true,
    stop_type: 'limit',
    tokens_predicted: 2,
    tokens_evaluated: 3,
    timings: {
      cache_n: 0,
      prompt_n: 3,
      prompt_ms: 5,
      predicted_n: 2,
      predicted_ms: 15,
      predicted_per_token_ms: 15,
    },
  })
  const [progress] = streamed(llamacppCompletion, { progress: true }).split('\n\n')
  expect(JSON.parse(progress?.slice(6) ?? '')).toMatchObject({
    tokens_predicted: 0,
    prompt_progress: { total: 3, processed: 3 },
  })
})

test('llama.cpp as OpenAI: null content, then timings or usage', () => {
  const chat = shapeOf(llamacppServer, '/v1/chat/completions')
  const frames = (asked: Partial<Asked>) =>
    streamed(chat, asked)
      .split('\n\n')
      .map((event) => event.slice(6))
  const asked = frames({})
  expect(asked[0]).toContain('"delta":{"role":"assistant","content":null}')
  expect(asked[3]).toContain('"delta":{},"logprobs":null,"finish_reason":"length"}]}')
  expect(JSON.parse(asked[4] ?? '')).toMatchObject({
    choices: [],
    usage: { completion_tokens: 2 },
    timings: {},
  })
  expect(asked.slice(5)).toEqual(['[DONE]', ''])
  const unasked = frames({ includeUsage: false })
  expect(JSON.parse(unasked[3] ?? '')).toMatchObject({ timings: { predicted_n: 2 } })
  expect(unasked.slice(4)).toEqual(['[DONE]', ''])
  const several = streamed(shapeOf(llamacppServer, '/v1/completions'), twoPrompts).split('\n\n')
  expect(several[0]).toBe('data: null')
  const ends = several.filter((event) => event.includes('"usage"')).map((event) => JSON.parse(event.slice(6)))
  expect(ends.map(({ choices, usage }) => [choices[0].index, usage.prompt_tokens])).toEqual([
    [0, 3],
    [1, 1],
  ])
})

test('Ollama: an object a line, the counts in the last', () => {
  const at = '"model":"m","created_at":"2026-01-01T00:00:00.000Z"'
  expect(streamed(ollama('generate'))).toBe(
    `{${at},"response":" the","done":false}\n{${at},"response":" river","done":false}\n` +
      `{${at},"response":"","done":true,"done_reason":"length","total_duration":20000000,"prompt_eval_count":3,"prompt_eval_duration":5000000,"eval_count":2,"eval_duration":15000000}\n`,
  )
  expect(streamed(ollama('chat'))).toContain(
    '"message":{"role":"assistant","content":" the"},"done":false}\n',
  )
})

test.each([
  '\0',
  '\n',
] as const)('vLLM’s demo server: prompt and all text so far, ended by %j', (delimiter) => {
  const prompt = 'Hi \\"you\\" there'
  expect(streamed(vllmGenerate(delimiter))).toBe(
    `{"text":["${prompt} the"]}${delimiter}{"text":["${prompt} the river"]}${delimiter}`,
  )
  expect(streamed(vllmGenerate(delimiter), { n: 2 })).toBe(
    `{"text":["${prompt} the","${prompt} the"]}${delimiter}{"text":["${prompt} the river","${prompt} the river"]}${delimiter}`,
  )
})

test('vLLM’s token ids', () => {
  expect(streamed(vllmTokens)).toBe(
    'data: {"request_id":"r-1","choices":[{"index":0,"logprobs":null,"finish_reason":null,"token_ids":[1000]}]}\n\n' +
      'data: {"request_id":"r-1","choices":[{"index":0,"logprobs":null,"finish_reason":"length","token_ids":[1001]}]}\n\n' +
      'data: {"request_id":"r-1","choices":[],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\n' +
      'data: [DONE]\n\n',
  )
})

test('completions of several prompts carry their index, and ids where they are wanted', () => {
  const frames = streamed(openAiCompletions(), { ...twoPrompts, tokenIds: true })
    .split('\n\n')
    .slice(0, 5)
    .map((event) => JSON.parse(event.slice(6)))
  expect(
    frames.slice(0, 4).map(({ choices: [choice] }) => [choice.index, choice.text, choice.token_ids]),
  ).toEqual([
    [0, ' the', [1000]],
    [1, ' the', [1000]],
    [0, ' river', [1001]],
    [1, ' river', [1001]],
  ])
  expect(frames[4].usage).toEqual({ prompt_tokens: 4, total_tokens: 8, completion_tokens: 4 })
})

test('transformers serve: the role with the head, no end marker', () => {
  const shape = shapeOf(transformersServe, '/v1/chat/completions')
  const { head } = streamReply(options(shape, {}, { knownLength: true }))
  expect(head.toString()).toContain('"delta":{"role":"assistant","content":""}')
  const body = streamed(shape)
  expect(body).not.toContain('[DONE]')
  expect(body).toMatch(/"finish_reason":"length"}\],"usage":{[^}]+}}\n\n$/)
})

test('a known length counts what goes out with the head', () => {
  const shape = shapeOf(transformersServe, '/v1/chat/completions')
  const { head } = streamReply(options(shape, {}, { knownLength: true }))
  const stated = /Content-Length: (\d+)/.exec(head.toString())?.[1]
  expect(Number(stated)).toBe(Buffer.byteLength(streamed(shape)))
})

test('responses and messages come as named events', () => {
  const names = (body: string) => [...body.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)
  expect(names(streamed(openAiResponses))).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.incomplete',
  ])
  expect(names(streamed(anthropicMessages))).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

test.each<[Shape, string]>([
  [
    tgi(true),
    'data:{"error":"Request failed during generation: Simulated failure.","error_type":"generation"}\n\n',
  ],
  [ollama('chat'), '{"error":"Simulated failure."}\n'],
  [
    llamacppCompletion,
    'data: {"error":{"code":500,"message":"Simulated failure.","type":"server_error"}}\n\n',
  ],
])('%o tells of a failure in its own words', (shape, ending) => {
  expect(streamed(shape, {}, behaviourNamed('error-200')).endsWith(ending)).toBe(true)
})

test('a server without words for a failure breaks off', () => {
  const reply = streamReply(options(vllmGenerate('\n'), {}, behaviourNamed('error-200') ?? {}))
  expect([reply.ending, reply.bytes(1).toString()]).toEqual(['destroy', ''])
})

test('events belong to the answers that they are written for', () => {
  const reply = streamReply(options(openAiCompletions(), { ...twoPrompts, n: 2 }, {}))
  expect(reply.steps).toBe(2)
  expect([0, 1, 2, 3].map((event) => reply.answer(1, event))).toEqual([0, 1, 2, 3])
})

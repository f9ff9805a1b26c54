import { type MessagePort, workerData } from 'node:worker_threads'
import { messageOf } from '../model/errors.ts'
import type { ServerAnswer, ServerQuestion } from './server.ts'

const { url, signal, port } = workerData as {
  readonly url: string
  readonly signal: Int32Array
  readonly port: MessagePort
}
const base = url.replace(/\/(v1\/?)?(tokenize\/?)?$/, '')
const timeoutMs = 30_000
/** An answer holds ids, a few bytes each; more is not one. */
const longestAnswer = 64 * 1024 * 1024

/** Ways to ask, by server; the first that a server understands is kept. */
const forms: readonly ((text: string) => object)[] = [
  // vLLM, SGLang.
  (text) => ({ prompt: text, add_special_tokens: false }),
  // llama.cpp.
  (text) => ({ content: text, add_special: false }),
  // Text Generation Inference.
  (text) => ({ inputs: text, add_special_tokens: false }),
]
let form: ((text: string) => object) | undefined

/** Thread entry: asks the server and wakes the thread that waits. */
port.on('message', (question: ServerQuestion) => {
  answer(question)
    .catch((error: unknown): ServerAnswer => ({ kind: 'failed', message: messageOf(error) }))
    .then((said) => {
      port.postMessage(said)
      Atomics.store(signal, 0, 1)
      Atomics.notify(signal, 0)
    })
})

async function answer(question: ServerQuestion): Promise<ServerAnswer> {
  if (question.kind === 'encode') return { kind: 'ids', ids: await encode(question.text) }
  const body = await post('/detokenize', { tokens: question.ids, ids: question.ids })
  const { prompt, content, text } = (body ?? {}) as Readonly<Record<string, unknown>>
  const said = [prompt, content, text].find((one) => typeof one === 'string')
  if (said === undefined) throw new Error('its answer to /detokenize holds no text')
  return { kind: 'text', text: said }
}

async function encode(text: string): Promise<number[]> {
  let why: unknown
  for (const write of form === undefined ? forms : [form]) {
    try {
      const ids = idsOf(await post('/tokenize', write(text)))
      // An empty list may also mean that the server did not find the text where it looked.
      if (ids === undefined || (ids.length === 0 && text !== '')) continue
      form = write
      return ids
    } catch (error) {
      why = error
    }
  }
  throw why ?? new Error('its answer to /tokenize holds no token ids')
}

/** {"tokens": [ids]}, {"tokens": [{"id"}]}, or a list of either. */
function idsOf(body: unknown): number[] | undefined {
  const list = Array.isArray(body) ? body : (body as { tokens?: unknown } | null)?.tokens
  if (!Array.isArray(list)) return undefined
  const ids = list.map((token: unknown) =>
    typeof token === 'object' ? (token as { id?: unknown } | null)?.id : token,
  )
  return ids.every((id) => Number.isSafeInteger(id)) ? (ids as number[]) : undefined
}

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  })
  const text = await bounded(response)
  if (!response.ok) throw new Error(`${path} answers ${response.status}`)
  return JSON.parse(text) as unknown
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > longestAnswer) throw new Error('its answer is longer than 64 MiB')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LlamaContextSequence, Token } from 'node-llama-cpp'
import type { Clock } from '../../../model/clock.ts'
import { messageOf } from '../../../model/errors.ts'
import { ApiError } from './api-error.ts'
import { generate } from './generate.ts'
import type { ServerMetrics } from './metrics.ts'
import type { ModelHost } from './model-host.ts'
import { makeReply } from './reply.ts'
import { type Prompt, parseRequest, type Route } from './request.ts'
import type { Slots } from './slots.ts'

/** What all requests share. */
export interface CompletionsContext {
  readonly host: ModelHost
  readonly slots: Slots<LlamaContextSequence>
  readonly metrics: ServerMetrics
  readonly clock: Clock
  readonly prefixCache: boolean
  log(line: string): void
}

/** OpenAI's default for completions; chats default to the rest of the context. */
const defaultMaxTokens = 16
const nsPerS = 1e9

let unseeded = 0

/** Answers one completion or chat. Throws `ApiError` as long as nothing was sent. */
export async function serveCompletion(
  context: CompletionsContext,
  route: Route,
  json: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host, slots, metrics, clock } = context
  const arrivedNs = clock.now()
  const request = parseRequest(route, json)
  if (request.model !== undefined && request.model !== host.name) {
    throw new ApiError(404, `The model "${request.model}" does not exist; this server has "${host.name}".`, {
      code: 'model_not_found',
      param: 'model',
    })
  }
  const prompt = tokenize(host, request.prompt)
  const maxTokens = outputLimit(host, route, prompt.length, request.maxTokens)
  const left = new AbortController()
  response.once('close', () => left.abort())
  const reply = makeReply(route, request, incoming, response, host.name)
  // After the checks and before the line: a client sees at once that it was let in.
  reply.open()
  const prefer = (free: readonly LlamaContextSequence[]) => longestPrefix(context, free, prompt)
  const sequence = await slots.acquire(prefer, left.signal)
  if (sequence === undefined) {
    metrics.finished('abort')
    return
  }
  metrics.queueTime.observe((clock.now() - arrivedNs) / nsPerS)
  try {
    const cached = await keepShared(context, sequence, prompt)
    let lastNs: number | undefined
    const onToken = (text: string) => {
      const nowNs = clock.now()
      if (lastNs === undefined) {
        metrics.promptTokens += prompt.length
        metrics.cachedTokens += cached
        metrics.timeToFirstToken.observe((nowNs - arrivedNs) / nsPerS)
      } else {
        metrics.interTokenLatency.observe((nowNs - lastNs) / nsPerS)
      }
      lastNs = nowNs
      metrics.generationTokens++
      reply.token(text)
    }
    const seed = (request.seed ?? unseeded++) >>> 0
    const end = await generate(
      host,
      sequence,
      prompt,
      cached,
      { ...request, maxTokens, seed },
      left.signal,
      onToken,
    )
    metrics.finished(end.reason)
    metrics.endToEndLatency.observe((clock.now() - arrivedNs) / nsPerS)
    reply.end(end, {
      promptTokens: prompt.length,
      completionTokens: end.tokens,
      ...(context.prefixCache ? { cachedTokens: cached } : {}),
    })
  } catch (error) {
    metrics.finished('error')
    context.log(
      `generation failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    reply.fail(new ApiError(500, `llama.cpp failed: ${messageOf(error)}`))
  } finally {
    if (!context.prefixCache) await sequence.clearHistory()
    slots.release(sequence)
  }
}

function tokenize(host: ModelHost, prompt: Prompt): Token[] {
  if (prompt.kind === 'text') return host.tokenizeText(prompt.text)
  if (prompt.kind === 'chat') return host.tokenizeChat(prompt.messages)
  const stranger = prompt.ids.find((id) => id >= host.vocabulary)
  if (stranger === undefined) return prompt.ids.slice() as Token[]
  throw new ApiError(400, `Token id ${stranger} is not below the vocabulary's size ${host.vocabulary}.`, {
    param: 'prompt',
  })
}

function outputLimit(host: ModelHost, route: Route, promptTokens: number, asked: number | undefined): number {
  const room = host.contextTokens - promptTokens
  const limit = asked ?? (route === 'chat' ? room : Math.min(defaultMaxTokens, room))
  if (limit >= 1 && limit <= room) return limit
  const output = asked === undefined ? '' : ` and ${asked} of output`
  throw new ApiError(
    400,
    `This server takes ${host.contextTokens} tokens a request, prompt and output together; this one has ${promptTokens} of prompt${output}.`,
    { code: 'context_length_exceeded', param: route === 'chat' ? 'messages' : 'prompt' },
  )
}

/** With the prefix cache, the free sequence that already holds most of the prompt. */
function longestPrefix(
  { prefixCache }: CompletionsContext,
  free: readonly LlamaContextSequence[],
  prompt: readonly Token[],
): LlamaContextSequence | undefined {
  if (!prefixCache) return undefined
  let best: LlamaContextSequence | undefined
  let longest = 0
  for (const sequence of free) {
    const shared = sequence.compareContextTokens([...prompt]).firstDifferentIndex
    if (shared > longest) [best, longest] = [sequence, shared]
  }
  // Nothing in common: take an empty one before one that another prompt may want again.
  return best ?? free.find((sequence) => sequence.nextTokenIndex === 0)
}

/** Leaves on the sequence what it shares with the prompt, all but the last token; returns how many tokens. */
async function keepShared(
  { prefixCache }: CompletionsContext,
  sequence: LlamaContextSequence,
  prompt: readonly Token[],
): Promise<number> {
  if (!prefixCache) return 0
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false)
  return sequence.nextTokenIndex
}

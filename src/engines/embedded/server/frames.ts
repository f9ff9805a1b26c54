import type { Route } from './request.ts'

export interface ReplyUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  /** Present when the prefix cache is on. */
  readonly cachedTokens?: number
}

/** Writes the bodies of one reply, streamed or whole, in OpenAI's shapes. */
export interface Frames {
  /** Opens a chat's message; sent with the first token. */
  readonly opening: string
  token(text: string): string
  /** `rest`: text no token carried. */
  finish(reason: 'stop' | 'length', rest: string): string
  usage(usage: ReplyUsage): string
  readonly done: string
  whole(text: string, reason: 'stop' | 'length', usage: ReplyUsage): string
}

/** @param created seconds since 1970 */
export function makeFrames(route: Route, id: string, model: string, created: number): Frames {
  const chat = route === 'chat'
  const head = (object: string) => {
    const json = JSON.stringify({ id, object, created, model })
    return json.slice(0, -1)
  }
  // All of a token's frame but its text is the same: it is put together once.
  const chunk = `data: ${head(chat ? 'chat.completion.chunk' : 'text_completion')},"choices":[`
  const before = `${chunk}{"index":0,${chat ? '"delta":{"content":' : '"text":'}`
  const after = `${chat ? '}' : ''},"logprobs":null,"finish_reason":null}]}\n\n`
  return {
    opening: chat
      ? `${chunk}{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`
      : '',
    token: (text) => before + JSON.stringify(text) + after,
    finish(reason, rest) {
      const body = chat ? { delta: rest === '' ? {} : { content: rest } } : { text: rest }
      return `${chunk}${JSON.stringify({ index: 0, ...body, logprobs: null, finish_reason: reason })}]}\n\n`
    },
    usage: (usage) => `${chunk}],"usage":${JSON.stringify(usageBody(usage))}}\n\n`,
    done: 'data: [DONE]\n\n',
    whole(text, reason, usage) {
      const body = chat ? { message: { role: 'assistant', content: text } } : { text }
      const choice = { index: 0, ...body, logprobs: null, finish_reason: reason }
      return `${head(chat ? 'chat.completion' : 'text_completion')},"choices":[${JSON.stringify(choice)}],"usage":${JSON.stringify(usageBody(usage))}}`
    },
  }
}

function usageBody({ promptTokens, completionTokens, cachedTokens }: ReplyUsage): Record<string, unknown> {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedTokens } }),
  }
}

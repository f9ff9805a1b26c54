import type { Dialect } from '../model/dialect.ts'
import type { CustomFraming, ReplyDescription, ReplyPaths } from './custom-description.ts'
import { nest } from './json-path.ts'

const texts = [' one', ' two']

/** How each framing ends a payload. */
const framed: Record<CustomFraming, (payload: string) => string> = {
  sse: (payload) => `data: ${payload}\n\n`,
  ndjson: (payload) => `${payload}\n`,
  nul: (payload) => `${payload}\0`,
  raw: (payload) => payload,
  json: (payload) => payload,
}

/** The reply that a server of this description sends: two events of a token each. */
export function customExample(reply: ReplyDescription): Dialect['example'] {
  const { framing, textMode, done } = reply
  const frame = framed[framing]
  if (framing === 'raw') return { events: texts, ending: ' three' }
  const last = {
    ...(framing === 'json' ? said(texts.join(''), [1, 2]) : {}),
    tokens: framing === 'json' ? 2 : 0,
    inputTokens: 3,
    outputTokens: 2,
    cachedTokens: 0,
    finishReason: 'length',
    doneWhen: true,
  }
  const events = texts.map((text, i) => {
    const isWhole = textMode === 'cumulative'
    const text_ = isWhole ? texts.slice(0, i + 1).join('') : text
    return { ...said(text_, isWhole ? [1, 2].slice(0, i + 1) : [1]), tokens: 1, serverId: 'example' }
  })
  const ending = frame(JSON.stringify(payloadOf(reply.paths, last)))
  return {
    events:
      framing === 'json' ? [] : events.map((event) => frame(JSON.stringify(payloadOf(reply.paths, event)))),
    ending: done === undefined ? ending : ending + frame(done),
  }
}

function said(
  text: string,
  ids: readonly number[],
): { text: string; tokenIds: readonly number[]; prompt: number } {
  return { text, tokenIds: ids, prompt: 0 }
}

/** A payload with each value where its path says. */
function payloadOf(paths: ReplyPaths, values: Readonly<Partial<Record<keyof ReplyPaths, unknown>>>): unknown {
  let payload: unknown = {}
  for (const [name, value] of Object.entries(values)) {
    const path = paths[name as keyof ReplyPaths]
    if (path !== undefined) payload = nest(payload, path, value)
  }
  return payload
}

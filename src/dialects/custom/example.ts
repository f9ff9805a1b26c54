import type { Dialect, Framing } from '../../model/dialect.ts'
import type { Paths, ReplyDescription } from './description.ts'
import type { JsonPath } from './path.ts'

/** A short reply of such a server: " one", " two". */
export function exampleOf({ framing, mode, paths, doneText }: ReplyDescription): Dialect['example'] {
  if (framing === 'raw') return { events: [' one', ' two'], ending: '' }
  const text = (news: string, all: string) => (mode === 'cumulative' ? all : news)
  const whole = { finish: 'stop', done: true, inputTokens: 3 } as const
  if (framing === 'json') {
    return { events: [], ending: payload(paths, { text: ' one two', outputTokens: 2, tokens: 2, ...whole }) }
  }
  const frame = (body: string) => `${before[framing]}${body}${after[framing]}`
  const says = paths.finish !== undefined || paths.done !== undefined || paths.inputTokens !== undefined
  const last = payload(paths, { text: text('', ' one two'), outputTokens: 2, ...whole })
  return {
    events: [
      frame(payload(paths, { text: ' one', outputTokens: 1, tokens: 1 })),
      frame(payload(paths, { text: text(' two', ' one two'), outputTokens: 2, tokens: 1 })),
    ],
    ending: (says ? frame(last) : '') + (doneText === undefined ? '' : frame(doneText)),
  }
}

const before: Readonly<Record<Exclude<Framing, 'raw' | 'json'>, string>> = {
  sse: 'data: ',
  ndjson: '',
  nul: '',
}
const after: typeof before = { sse: '\n\n', ndjson: '\n', nul: '\0' }

/** A document with values where a description says. */
function payload(paths: Paths, values: { readonly [name in keyof Paths]?: unknown }): string {
  let document: unknown
  for (const [name, value] of Object.entries(values)) {
    const path = paths[name as keyof Paths]
    if (path !== undefined) document = withValue(document, path, 0, value)
  }
  return JSON.stringify(document ?? {})
}

function withValue(document: unknown, path: JsonPath, from: number, value: unknown): unknown {
  const step = path[from]
  if (from === path.length || step === undefined) return value
  if (typeof step === 'string') {
    const fields = (document ?? {}) as Readonly<Record<string, unknown>>
    return { ...fields, [step]: withValue(fields[step], path, from + 1, value) }
  }
  // Of all elements, the first alone.
  const index = typeof step === 'number' ? step : 0
  const list = Array.isArray(document) ? [...document] : []
  list[index] = withValue(list[index], path, from + 1, value)
  return Array.from(list, (one: unknown) => one ?? null)
}

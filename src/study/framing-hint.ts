import { loadDialect } from '../dialects/index.ts'
import { dialectNames, type Framing } from '../model/dialect.ts'

/** How replies begin that are framed otherwise than was expected: the type that the message names, or their first bytes. */
const signs: readonly (readonly [RegExp, Framing])[] = [
  [/\(text\/event-stream\b|not JSON: (?:data|event|id):/, 'sse'],
  [/\(application\/(?:x-ndjson|jsonl|x-jsonlines|json-seq)\b|not JSON: \{.*\} ?\{/, 'ndjson'],
  [/\(application\/json\b/, 'json'],
  [/\(text\/plain\b/, 'raw'],
]

const says: Record<Framing, string> = {
  sse: 'a stream of events',
  ndjson: 'a line of JSON per event',
  nul: 'JSON ended by NUL',
  raw: 'plain text',
  json: 'one JSON document',
  grpc: 'messages of gRPC',
}

/** Which dialects read what a server sent, when a reply was framed otherwise than `expected`. `message`: why it failed. */
export async function framingHint(message: string, expected: Framing): Promise<string | undefined> {
  const found = signs.find(([sign, framing]) => framing !== expected && sign.test(message))
  if (found === undefined) return undefined
  const [, framing] = found
  const named = dialectNames.filter((name) => name !== 'custom')
  const all = await Promise.all(named.map((name) => loadDialect(name)))
  const others = all.filter((dialect) => dialect.framing === framing).map(({ name }) => name)
  const custom = `custom with reply: {framing: ${framing}}`
  return `The server sends ${says[framing]}. Dialects that read it: ${[...others, custom].join(', ')}.`
}

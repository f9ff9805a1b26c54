import type { Capabilities, Dialect, DialectName, DialectOptions } from '../model/dialect.ts'
import { samplingKeys } from '../model/workload.ts'
import { dialects, loadDialect } from './index.ts'

const intro = `<!-- Made by \`npm run docs\` from src/dialects/. Edit the dialects there. -->

# Dialects

A dialect is a wire protocol. A target names the one it speaks with \`dialect\`, and the dialect's own settings with \`dialectOptions\`. Before anything is sent, a study is held against the dialects of its targets: what one of them cannot say is refused, with the way out.

**Exact length**: how the server is made to produce exactly the length asked for. Where there is no way, ask for lengths up to a limit (\`output: { mode: up-to }\`). **Usage**: where true token counts come from: *asked* (sent because the request asks), *always* (with every reply), *every-event* (with every event) or *never* (tokens are counted after the run, or events are).
`

/** A smallest description, for the one dialect that has none of its own. */
const described: DialectOptions = {
  path: '/generate',
  body: { prompt: '{{prompt}}' },
  reply: { text: 'text' },
}

const aboutCustom = `Everything below depends on the description; what stands here is that of the smallest one. Complete studies are in \`examples/custom/\`.

\`\`\`yaml
dialect: custom
dialectOptions:
  path: /generate                # may hold {{model}}
  headers: { X-Team: search }    # optional
  body:                          # the JSON that the server takes
    prompt: "{{prompt}}"
    max_tokens: "{{maxTokens}}"
    ignore_eos: "{{ignoreEos}}"
  fixed: { temperature: 0 }      # settings that the server has without being told
  exactLength: always            # only if the server gives every length asked for by itself
  reply:
    framing: sse                 # sse, ndjson, nul, raw (the text itself) or json (one document)
    textMode: delta              # or cumulative: each payload has all text so far
    echo: false                  # true: the text begins with the prompt
    text: choices[0].text        # paths: a.b, a[0].b, a[*].b, ["odd key"].b
    done: "[DONE]"               # the payload that ends a stream
\`\`\`

- **Input**: \`{{prompt}}\`, \`{{promptIds}}\` (token ids), \`{{messages}}\` (a chat), \`{{prompts}}\` (a list of texts). Which of them stand in \`body\` says which workloads can be sent.
- **Length**: \`{{maxTokens}}\`, \`{{minTokens}}\` (only when the length is to be exact), \`{{ignoreEos}}\` (true then), \`{{inputTokens}}\`, \`{{totalTokens}}\` (both together).
- **Others**: \`{{model}}\`, \`{{id}}\` (the request's position), and the sampling settings ${samplingKeys.map((key) => `\`{{${key}}}\``).join(', ')}.
- A text that is one placeholder becomes its value, number or list. A field with a placeholder that the request has no value for is left out.
- **Further paths of \`reply\`**: \`tokenIds\`, \`tokens\` (how many a payload brings), \`inputTokens\`, \`outputTokens\`, \`cachedTokens\`, \`finishReason\`, \`doneWhen\`, \`error\`, \`serverId\`, \`prompt\` (which prompt a payload answers). With \`[*]\`, each item answers a prompt of its own.
`

/** docs/dialects.md: what the dialects of the table can say, for people. */
export async function dialectsMarkdown(): Promise<string> {
  const all = await Promise.all(
    (Object.keys(dialects) as DialectName[]).map((name) =>
      loadDialect(name, name === 'custom' ? described : {}),
    ),
  )
  const head = ['dialect', 'inputs', 'exact length', 'usage', 'tokens per event', 'framing', 'streams']
  const rows = all.map(({ name, capabilities, framing }) => [
    `[${name}](#${name})`,
    name === 'custom' ? 'as described' : capabilities.inputs.join(', '),
    name === 'custom' ? 'as described' : cell(capabilities.exactLength),
    name === 'custom' ? 'as described' : capabilities.usage,
    capabilities.tokensPerEvent,
    name === 'custom' ? 'as described' : framing,
    name === 'custom' ? 'as described' : capabilities.streaming ? 'yes' : 'no',
  ])
  return `${intro}\n${table([head, head.map(() => '---'), ...rows])}\n${all.map(section).join('\n')}`
}

function section(dialect: Dialect): string {
  const { name, summary, path, capabilities } = dialect
  const about = name === 'custom' ? `\n${aboutCustom}` : ''
  const facts = factsOf(capabilities, dialect).map(([what, says]) => `- ${what}: ${says}`)
  return `## ${name}\n\n${escaped(summary)}.\n${about}\n\`POST ${path}\`\n\n${facts.join('\n')}\n`
}

function factsOf(capabilities: Capabilities, dialect: Dialect): [string, string][] {
  const { inputs, sampling, exactLength, requestId, prefixCacheOff, firstToken, endMarker } = capabilities
  return [
    ...Object.entries(dialect.options ?? {}).map(([name, rule]): [string, string] => [
      `Option \`${name}\``,
      'oneOf' in rule
        ? rule.oneOf.map((word, i) => `\`${word}\`${i === 0 ? ' (default)' : ''}`).join(', ')
        : `a text such as \`${rule.default}\` (default)`,
    ]),
    ['Inputs', inputs.join(', ')],
    ['Sampling', sampling.length === 0 ? 'none' : sampling.join(', ')],
    ['Exact length', exactLength === undefined ? 'cannot be forced' : escaped(exactLength)],
    ['Key', keyOf(dialect)],
    ['Model', dialect.namesModel ? 'named by each request' : 'not named'],
    ['First token', escaped(firstToken)],
    ['Whole', escaped(endMarker)],
    ...(requestId === undefined ? [] : [['Request id', escaped(requestId)] as [string, string]]),
    ...(prefixCacheOff === undefined
      ? []
      : [['Off the prefix cache', escaped(prefixCacheOff)] as [string, string]]),
  ]
}

function keyOf({ keyHeader }: Dialect): string {
  return keyHeader === 'authorization' ? 'header `Authorization: Bearer`' : `header \`${keyHeader}\``
}

function cell(text: string | undefined): string {
  return text === undefined ? '–' : escaped(text).replaceAll('|', '\\|')
}

/** Marks that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[<>*_]/g, (mark) => `\\${mark}`)
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.join(' | ')} |\n`).join('')
}

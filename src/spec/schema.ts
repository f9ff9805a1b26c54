import * as z from 'zod'

/** Names a study may use for its wire protocols; the dialect table has the same ones. */
export const dialectNames = ['openai-chat', 'openai-completions'] as const

// Each leaf's `error` completes the sentence "expected …".
const text = (what = 'a text') => z.string({ error: what }).min(1, { error: what })
const count = (what = 'a whole number of at least 1') =>
  z.int({ error: what }).min(1, { error: what }).max(1e9, { error: what })
const number = (what: string) => z.number({ error: what })
const path = () => text('a path')

const durationPhrase = 'a time: seconds, or a text such as "90s" or "2m"'
const duration = z.union(
  [
    z.number({ error: durationPhrase }).positive({ error: durationPhrase }),
    z.string().regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|h)\s*$/, { error: durationPhrase }),
  ],
  { error: durationPhrase },
)

const lengthPhrase =
  'a number of tokens, or {uniform: [from, to]}, or {normal: {mean: m, sd: s, min: a, max: b}}'
const tokens = z.union(
  [
    count(lengthPhrase),
    z.strictObject({ uniform: z.tuple([count(), count()], { error: 'two whole numbers: [from, to]' }) }),
    z.strictObject({
      normal: z.strictObject({
        mean: number('a number above 0').positive({ error: 'a number above 0' }),
        sd: number('a number of at least 0').min(0, { error: 'a number of at least 0' }),
        min: count().optional(),
        max: count().optional(),
      }),
    }),
  ],
  { error: lengthPhrase },
)

const phaseLimit = z.strictObject(
  {
    requests: count().optional().describe('Requests to send.'),
    duration: duration.optional().describe('How long to send.'),
  },
  { error: '{requests: N} or {duration: seconds}' },
)

const sharePhrase = 'a share: a text such as "20%", or a number from 0 to 1'
const share = z.union(
  [
    z.number({ error: sharePhrase }).min(0, { error: sharePhrase }).max(1, { error: sharePhrase }),
    z.string().regex(/^\s*(100|\d{1,2})(\.\d+)?\s*%\s*$/, { error: sharePhrase }),
  ],
  { error: sharePhrase },
)

const target = z.strictObject(
  {
    name: text().optional().describe('What tables call it. Default: the engine, or host and port.'),
    url: text('a URL such as http://127.0.0.1:8000').optional().describe('Base URL of a running server.'),
    urls: z
      .array(text('a URL such as http://127.0.0.1:8000'), { error: 'a list of URLs' })
      .min(1, { error: 'a list of at least one URL' })
      .optional()
      .describe('Several endpoints of one target; requests go round robin.'),
    engine: z
      .enum(['embedded'], { error: 'the name of an engine' })
      .optional()
      .describe('An engine that Assay starts.'),
    options: z
      .record(z.string(), z.unknown(), { error: 'options of the engine, such as {sequences: 8}' })
      .optional()
      .describe('That engine’s own options.'),
    dialect: z
      .enum(dialectNames, { error: 'the name of a dialect' })
      .default('openai-chat')
      .describe('Wire protocol.'),
    model: text().optional().describe('Model name in requests. Default: the first one the server lists.'),
    headers: z
      .record(z.string(), z.string({ error: 'a text' }), { error: 'names and values, such as {X-Team: a}' })
      .default({})
      .describe(
        'Further headers of every request. Values from the environment, and of headers named like keys, are redacted in everything written.',
      ),
    apiKeyEnv: text('the name of an environment variable')
      .optional()
      .describe('Environment variable that holds a bearer key.'),
    gpus: count().optional().describe('GPUs the target uses, for per-GPU figures.'),
    connections: z
      .enum(['reuse', 'fresh'], { error: 'reuse or fresh' })
      .default('reuse')
      .describe('Kept-alive connections, or a new one for each request.'),
    timeout: duration.default(600).describe('A request that takes longer has failed.'),
    tokenizer: path()
      .optional()
      .describe('Folder or tokenizer.json that counts tokens when the server does not.'),
    body: z
      .record(z.string(), z.unknown(), { error: 'names and values' })
      .default({})
      .describe('Further fields of every request body.'),
  },
  { error: 'a target, such as {url: http://127.0.0.1:8000}' },
)

const workload = z.strictObject(
  {
    name: text().optional().describe('What tables call it. Default: its source.'),
    source: z
      .enum(['synthetic', 'jsonl', 'sample'], { error: 'the name of a source' })
      .default('synthetic')
      .describe('Where requests come from: drawn lengths, your own file, or the built-in sample.'),
    prompt: z
      .strictObject({ tokens: tokens.default(128).describe('Input length.') }, { error: '{tokens: length}' })
      .optional()
      .describe('Input of synthetic requests. Default: {tokens: 128}.'),
    output: z
      .strictObject(
        {
          tokens: tokens.optional().describe('Output length. Default: 64 for synthetic requests.'),
          mode: z
            .enum(['exact', 'up-to'], { error: 'exact or up-to' })
            .default('exact')
            .describe('Force the length (ignore_eos), or let the model stop before it.'),
        },
        { error: '{tokens: length, mode: exact | up-to}' },
      )
      .default({ mode: 'exact' })
      .describe('Output of each request.'),
    path: path().optional().describe('File of source jsonl, relative to the study.'),
    temperature: number('a number of at least 0')
      .min(0, { error: 'a number of at least 0' })
      .default(0)
      .describe('Sampling temperature sent with every request.'),
    topP: number('a number above 0 and up to 1')
      .gt(0, { error: 'a number above 0 and up to 1' })
      .max(1, { error: 'a number above 0 and up to 1' })
      .optional()
      .describe('Nucleus sampling.'),
    samplingSeed: z.int({ error: 'a whole number' }).optional().describe('Seed sent with every request.'),
    stop: z.array(text(), { error: 'a list of texts' }).optional().describe('Texts that end an output.'),
    tokenizer: path().optional().describe('Folder or tokenizer.json that makes synthetic lengths exact.'),
    size: count()
      .optional()
      .describe('Requests to freeze. Default: as many as the loads need, and all of a file or the sample.'),
  },
  { error: 'a workload, such as {source: sample}' },
)

const load = z.strictObject(
  {
    name: text().optional().describe('What tables call it. Default: made of its numbers.'),
    concurrency: count().optional().describe('This many requests in flight at any time.'),
    users: count().optional().describe('This many users, each with one request after the other.'),
    ramp: duration.optional().describe('Time over which users begin: user k at k × ramp / users.'),
    rate: number('a number of requests per second above 0')
      .positive({ error: 'a number of requests per second above 0' })
      .optional()
      .describe('Requests per second, sent whatever the replies do.'),
    arrivals: z
      .enum(['poisson', 'constant'], { error: 'poisson or constant' })
      .optional()
      .describe('How arrivals of a rate are spaced. Default: poisson.'),
    burst: count().optional().describe('This many requests at one instant.'),
    requests: count()
      .optional()
      .describe('Requests of the measured phase; with duration, the first reached ends it. Default: 200.'),
    duration: duration.optional().describe('Length of the measured phase.'),
    warmup: phaseLimit
      .optional()
      .describe(
        'Phase before the measured one. Default: one request per slot or user in closed loops, else none.',
      ),
    drain: duration
      .default(30)
      .describe('Time that requests in flight get at the end before they are cancelled.'),
    maxInFlight: count()
      .default(10_000)
      .describe('Arrivals beyond this many in flight, per worker, are dropped and counted.'),
  },
  { error: 'a load, such as {concurrency: 8, requests: 200}' },
)

/** The one source of a study's keys, defaults, JSON Schema and docs/spec.md. */
export const studySchema = z.strictObject(
  {
    name: text().optional().describe('What the report is called. Default: the file’s name.'),
    seed: z.int({ error: 'a whole number' }).default(1).describe('Seed of every random choice.'),
    repeats: count().default(1).describe('Times each cell is run, in alternating order.'),
    capture: z
      .enum(['none', 'text', 'raw'], { error: 'none, text or raw' })
      .default('text')
      .describe('How much of each reply is kept, up to 64 KiB.'),
    maxTokensTotal: count().optional().describe('Output tokens at which a run stops.'),
    abortOnErrors: share
      .optional()
      .describe('Share of failed requests, after the first 20, at which a run stops.'),
    targets: z
      .array(target, { error: 'a list of targets' })
      .min(1, { error: 'a list of at least one target' })
      .describe('What is measured.'),
    workloads: z
      .array(workload, { error: 'a list of workloads' })
      .min(1, { error: 'a list of at least one workload' })
      .optional()
      .describe('What is asked. Default: one synthetic workload.'),
    loads: z
      .array(load, { error: 'a list of loads' })
      .min(1, { error: 'a list of at least one load' })
      .optional()
      .describe('How it is asked. Default: concurrency 8, 200 requests.'),
  },
  { error: 'a study: keys and values' },
)

export type StudyInput = z.input<typeof studySchema>
export type StudyFields = z.output<typeof studySchema>
export type TargetFields = StudyFields['targets'][number]
export type WorkloadFields = NonNullable<StudyFields['workloads']>[number]
export type LoadFields = NonNullable<StudyFields['loads']>[number]
export type LengthFields = z.output<typeof tokens>

/** JSON Schema (draft 2020-12) of a study file, for editors. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(studySchema, { io: 'input' })
}

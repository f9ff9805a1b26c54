import * as z from 'zod'
import { dialectNames } from '../model/dialect.ts'
import { engineNames } from '../model/engine.ts'
import { balances, httpVersions } from '../model/target.ts'
import { count, duration, integer, type lengths, share, text } from './values.ts'
import { workloadSchema } from './workload-schema.ts'

/** The dialect of a target that names none, and whose URL's path names none. */
export const defaultDialect = 'openai-chat'

// `meaning` and `examples` become the JSON Schema's descriptions, docs/spec.md and the hints of mistakes. A `default`
// that depends on other keys is filled in by resolve.ts and only told here.
const key = (description: string, example?: unknown, more: { readonly default?: string | number } = {}) => ({
  description,
  ...(example === undefined ? {} : { examples: [example] }),
  ...more,
})

const path = () => text('a path')
const url = () => text('a URL such as http://127.0.0.1:8000')
const oneOf = <const T extends readonly string[]>(names: T) => z.enum(names, { error: 'one of these names' })
const numberFrom = (what: string) => z.number({ error: what })

const target = z.strictObject(
  {
    name: text().optional().meta(key('What tables call it. Absent: the engine, or host and port.', 'one')),
    url: url().optional().meta(key('Base URL of a running server.', 'http://127.0.0.1:8000')),
    urls: z
      .array(url(), { error: 'a list of URLs' })
      .min(1, { error: 'a list of at least one URL' })
      .optional()
      .meta(key('Several endpoints of one target.', ['http://10.0.0.5:8000', 'http://10.0.0.6:8000'])),
    engine: oneOf(engineNames).optional().meta(key('An engine that Assay starts.', 'embedded')),
    options: z
      .record(z.string(), z.unknown(), { error: 'options of the engine, such as {sequences: 8}' })
      .optional()
      .meta(key('That engine’s own options.', { sequences: 8 })),
    restart: z
      .boolean({ error: 'true or false' })
      .default(false)
      .meta(key('Start the engine anew for each run and stop it after: only one is up at a time.', true)),
    preflight: z
      .boolean({ error: 'true or false' })
      .default(false)
      .meta(
        key(
          'Before the first run, send its heaviest requests at the same time, as many as the load may have in flight, to see whether the memory suffices. An engine that Assay starts is then restarted.',
          true,
        ),
      ),
    dialect: oneOf(dialectNames)
      .optional()
      .meta(
        key('Wire protocol. Absent: what the path of the URL says, else the default.', 'openai-completions', {
          default: defaultDialect,
        }),
      ),
    dialectOptions: z
      .record(z.string(), z.unknown(), { error: 'settings of the dialect, such as {apiVersion: 2024-10-21}' })
      .default({})
      .meta(
        key('Settings of the dialect itself; docs/dialects.md lists them.', { apiVersion: '2024-10-21' }),
      ),
    balance: oneOf(balances)
      .default('round-robin')
      .meta(
        key(
          'Which of several endpoints a request goes to: the next, or the one with the fewest in flight.',
          'least-in-flight',
        ),
      ),
    metricsUrl: url()
      .optional()
      .meta(
        key(
          'Page where the server counts what it does. Absent: where servers of its kind have it.',
          'http://127.0.0.1:8002/metrics',
        ),
      ),
    model: text()
      .optional()
      .meta(key('Model name in requests. Absent: the first one the server lists.', 'my-model')),
    headers: z
      .record(z.string(), z.string({ error: 'a text' }), {
        error: 'names and values, such as {X-Team: search}',
      })
      .default({})
      .meta(
        key('Further headers of every request. Values that are keys are redacted in everything written.', {
          'X-Team': '${TEAM}',
        }),
      ),
    apiKeyEnv: text('the name of an environment variable')
      .optional()
      .meta(key('Environment variable that holds a bearer key.', 'OPENAI_API_KEY')),
    gpus: count().optional().meta(key('GPUs the target uses, for figures per GPU.', 4)),
    transport: oneOf(httpVersions)
      .default('http1')
      .meta(
        key(
          'Version of HTTP. http2 is agreed on by ALPN over https, and used with prior knowledge over http (h2c).',
          'http2',
        ),
      ),
    connections: oneOf(['reuse', 'fresh'])
      .default('reuse')
      .meta(key('Kept-alive connections, or a new one for each request.', 'fresh')),
    timeout: duration().default(600).meta(key('A request that takes longer has failed.', '2m')),
    tokenizer: path()
      .optional()
      .meta(key('Folder or tokenizer.json that counts tokens when the server does not.', 'tokenizer.json')),
    body: z
      .record(z.string(), z.unknown(), { error: 'names and values, such as {priority: 1}' })
      .default({})
      .meta(key('Further fields of every request body, as the server names them.', { priority: 1 })),
  },
  { error: 'a target, such as {url: http://127.0.0.1:8000}' },
)

const rateText = 'a number of requests per second above 0 and up to 1,000,000'
const load = z.strictObject(
  {
    name: text()
      .optional()
      .meta(key('What tables call it. Absent: made of its numbers, such as c8, u10, poisson-5.', 'steady')),
    concurrency: count().optional().meta(key('This many requests in flight at any time.', 8)),
    users: count().optional().meta(key('This many users, each with one request after the other.', 10)),
    ramp: duration({ zero: true })
      .optional()
      .meta(key('Time over which the users begin: user k at k × ramp / users.', '20s', { default: 0 })),
    rate: numberFrom(rateText)
      .positive({ error: rateText })
      .max(1e6, { error: rateText })
      .optional()
      .meta(key('Requests per second, sent whatever the replies do.', 4)),
    arrivals: oneOf(['poisson', 'constant'])
      .optional()
      .meta(key('How the arrivals of a rate are spaced.', 'constant', { default: 'poisson' })),
    burst: count().optional().meta(key('This many requests at one instant.', 100)),
    requests: count()
      .optional()
      .meta(
        key(
          'Requests of the measured phase. With `duration` too, what is reached first ends it; with neither, 200.',
          400,
        ),
      ),
    duration: duration().optional().meta(key('Length of the measured phase.', '2m')),
    warmup: z
      .strictObject(
        {
          requests: count(0).optional().meta(key('Requests to send first; 0 for no warm-up.', 8)),
          duration: duration({ zero: true }).optional().meta(key('How long to send first.', '20s')),
        },
        { error: '{requests: N} or {duration: seconds}' },
      )
      .optional()
      .meta(
        key(
          'Phase before the measured one, under the same load. Absent: one request per slot or user in closed loops ' +
            '(concurrency, users), else none.',
          { duration: '20s' },
        ),
      ),
    drain: duration({ zero: true })
      .default(30)
      .meta(key('Time that requests in flight get at the end before they are cancelled.', 10)),
    maxInFlight: count()
      .default(10_000)
      .meta(key('Open loops drop arrivals (and count them) beyond this many in flight, per worker.', 2000)),
  },
  { error: 'a load, such as {concurrency: 8, requests: 200}' },
)

/** The one source of a study's keys, defaults, JSON Schema and docs/spec.md. */
export const studySchema = z
  .strictObject(
    {
      name: text().optional().meta(key('What the report is called. Absent: the file’s name.', 'two-servers')),
      seed: integer().default(1).meta(key('Seed of every random choice.', 7)),
      repeats: count().default(1).meta(key('Times each cell is run, in alternating order.', 3)),
      capture: oneOf(['none', 'text', 'raw'])
        .default('text')
        .meta(key('How much of each reply is kept, up to 64 KiB.', 'none')),
      maxTokensTotal: count(1, Number.MAX_SAFE_INTEGER)
        .optional()
        .meta(key('Output tokens at which a run stops.', 1_000_000)),
      abortOnErrors: share()
        .optional()
        .meta(key('Share of failed requests, after the first 20, at which a run stops.', '20%')),
      targets: z
        .array(target, { error: 'a list of targets' })
        .min(1, { error: 'a list of at least one target' })
        .meta(key('What is measured.', [{ url: 'http://127.0.0.1:8000' }])),
      workloads: z
        .array(workloadSchema, { error: 'a list of workloads' })
        .min(1, { error: 'a list of at least one workload' })
        .optional()
        .meta(key('What is asked. Absent: one synthetic workload.', [{ prompt: { tokens: 512 } }])),
      loads: z
        .array(load, { error: 'a list of loads' })
        .min(1, { error: 'a list of at least one load' })
        .optional()
        .meta(
          key('How it is asked. Absent: concurrency 8, 200 requests.', [{ concurrency: 8, requests: 200 }]),
        ),
    },
    { error: 'keys and values, at least targets' },
  )
  .meta({ title: 'Assay study', examples: [{ targets: [{ url: 'http://127.0.0.1:8000' }] }] })

export type StudyFields = z.output<typeof studySchema>
export type TargetFields = StudyFields['targets'][number]
export type LoadFields = NonNullable<StudyFields['loads']>[number]
export type LengthFields = z.output<ReturnType<typeof lengths>>

/** JSON Schema (draft 2020-12) of a study file, for editors. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(studySchema, { io: 'input' })
}

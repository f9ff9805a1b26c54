import type { Environment } from './environment.ts'
import type { LoadedStudy } from './load-study.ts'
import { type Mistake, mistakesError } from './mistakes.ts'
import { completeUrl } from './resolve.ts'
import type { StudyInput } from './schema.ts'
import { validate } from './validate.ts'

/** The flags of `assay quick`; absent ones take the defaults of a study. */
export interface QuickFlags {
  readonly urls?: readonly string[]
  readonly dialect?: string
  readonly model?: string
  readonly concurrency?: number
  readonly users?: number
  /** Seconds, or a text such as "30s". */
  readonly ramp?: number | string
  readonly rate?: number
  readonly arrivals?: string
  readonly burst?: number
  readonly requests?: number
  readonly duration?: number | string
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly seed?: number
  /** `Name: value` each. */
  readonly headers?: readonly string[]
  readonly apiKeyEnv?: string
  readonly tokenizer?: string
  readonly temperature?: number
  readonly topP?: number
  readonly gpus?: number
  readonly connections?: string
  readonly capture?: string
  readonly maxTokensTotal?: number
  readonly abortOnErrors?: number | string
}

/** Which flag a part of the study comes from, for errors. */
const flagOf: Readonly<Record<string, string>> = {
  'targets.0.url': 'URL',
  'targets.0.urls': 'URL',
  'targets.0.dialect': '--dialect',
  'targets.0.model': '--model',
  'targets.0.headers': '--header',
  'targets.0.apiKeyEnv': '--api-key-env',
  'targets.0.tokenizer': '--tokenizer',
  'targets.0.gpus': '--gpus',
  'targets.0.connections': '--connections',
  'workloads.0.prompt': '--input-tokens',
  'workloads.0.output': '--output-tokens',
  'workloads.0.temperature': '--temperature',
  'workloads.0.topP': '--top-p',
  'loads.0.concurrency': '--concurrency',
  'loads.0.users': '--users',
  'loads.0.ramp': '--ramp',
  'loads.0.rate': '--rate',
  'loads.0.arrivals': '--arrivals',
  'loads.0.burst': '--burst',
  'loads.0.requests': '--requests',
  'loads.0.duration': '--duration',
  seed: '--seed',
  capture: '--capture',
  maxTokensTotal: '--max-tokens-total',
  abortOnErrors: '--abort-on-errors',
}
const loadFlags = ['concurrency', 'users', 'rate', 'burst'] as const
const dialectOfPath: Readonly<Record<string, string>> = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/completions': 'openai-completions',
}

/** The study that `assay quick` runs. Throws one AssayError that names every wrong flag. */
export function quickStudy(flags: QuickFlags, env: Environment = process.env): LoadedStudy {
  const mistakes: Mistake[] = []
  const headers = readHeaders(flags.headers ?? [], mistakes)
  const written = writeStudy(flags, headers)
  const result = validate(written, undefined, 'quick')
  if (!result.ok) mistakes.push(...result.mistakes)
  const secrets = Object.values(headers)
  const { apiKeyEnv } = flags
  if (apiKeyEnv !== undefined) {
    const key = env[apiKeyEnv]
    if (key === undefined || key === '') {
      const message = `the environment variable ${apiKeyEnv} is not set.`
      mistakes.push({ path: ['targets', 0, 'apiKeyEnv'], message, hint: `Set it: export ${apiKeyEnv}=…` })
    } else {
      secrets.push(key)
    }
  }
  if (!result.ok || mistakes.length > 0) {
    throw mistakesError(
      mistakes,
      'the command line',
      ({ path }) => flagAt(path),
      'assay quick --help lists every flag.',
    )
  }
  return { study: result.study, secrets: [...new Set(secrets)] }
}

function writeStudy(flags: QuickFlags, headers: Readonly<Record<string, string>>): StudyInput {
  const { urls = [], inputTokens, outputTokens } = flags
  const dialect = flags.dialect ?? dialectOf(urls[0])
  const hasLoad = loadFlags.some((flag) => flags[flag] !== undefined)
  const study = {
    ...picked(flags, ['seed', 'capture', 'maxTokensTotal', 'abortOnErrors']),
    targets: [
      {
        ...(urls.length === 0 ? { engine: 'embedded' } : { urls: urls.map(baseUrl) }),
        ...(dialect === undefined ? {} : { dialect }),
        ...picked(flags, ['model', 'apiKeyEnv', 'tokenizer', 'gpus', 'connections']),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
      },
    ],
    workloads: [
      {
        ...(inputTokens === undefined ? {} : { prompt: { tokens: inputTokens } }),
        ...(outputTokens === undefined ? {} : { output: { tokens: outputTokens } }),
        ...picked(flags, ['temperature', 'topP', 'tokenizer']),
      },
    ],
    loads: [
      {
        ...(hasLoad ? {} : { concurrency: 8 }),
        ...picked(flags, [...loadFlags, 'ramp', 'arrivals', 'requests', 'duration']),
        ...(flags.burst !== undefined && flags.requests === flags.burst ? { requests: undefined } : {}),
      },
    ],
  }
  // Whether the flags' values are what the schema wants is for `validate` to say.
  return study as StudyInput
}

function picked(flags: QuickFlags, keys: readonly (keyof QuickFlags)[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])))
}

/** An endpoint's full path names its dialect. */
function dialectOf(url: string | undefined): string | undefined {
  const path = Object.keys(dialectOfPath).find((ending) => url?.replace(/\/+$/, '').endsWith(ending))
  return path === undefined ? undefined : dialectOfPath[path]
}

function baseUrl(url: string): string {
  const complete = completeUrl(url).replace(/\/+$/, '')
  const path = Object.keys(dialectOfPath).find((ending) => complete.endsWith(ending))
  return path === undefined ? complete : complete.slice(0, -path.length)
}

function readHeaders(texts: readonly string[], mistakes: Mistake[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const text of texts) {
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*)$/.exec(text) ?? []
    if (name !== undefined && value !== undefined && value !== '') headers[name] = value
    else {
      const message = `expected "Name: value", found ${JSON.stringify(text.split(':')[0] ?? '')}.`
      mistakes.push({
        path: ['targets', 0, 'headers'],
        message,
        hint: 'For example: --header "X-Team: search"',
      })
    }
  }
  return headers
}

function flagAt(path: Mistake['path']): string {
  for (let length = path.length; length > 0; length--) {
    const flag = flagOf[path.slice(0, length).join('.')]
    if (flag !== undefined) return flag
  }
  return 'command line'
}

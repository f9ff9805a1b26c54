import type { Environment } from './environment.ts'
import { flagAt, flagWords } from './flag-words.ts'
import { loadKinds } from './load-conflicts.ts'
import type { LoadedStudy } from './load-study.ts'
import type { Mistake } from './mistakes.ts'
import { mistakesError } from './mistakes-error.ts'
import { apiKeys, headerSecrets, ordered } from './secrets.ts'
import { validate } from './validate.ts'

/** The flags of `assay quick`; absent ones take the defaults of a study. */
export interface QuickFlags {
  /** None: the embedded engine. */
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
  readonly transport?: string
  readonly connections?: string
  readonly capture?: string
  readonly maxTokensTotal?: number
  readonly abortOnErrors?: number | string
}

/** The study that `assay quick` runs. Throws one AssayError (`bad-study`) that names every wrong flag. */
export function quickStudy(flags: QuickFlags, env: Environment = process.env): LoadedStudy {
  const { headers, mistakes: headerMistakes } = readHeaders(flags.headers ?? [])
  const written = writeStudy(flags, headers)
  const keys = apiKeys(written, env)
  const result = validate(written, flagWords, { fallbackName: 'quick' })
  const mistakes = [...(result.ok ? [] : result.mistakes), ...headerMistakes, ...keys.mistakes]
  const secrets = ordered([...headerSecrets(headers, true), ...keys.secrets])
  if (!result.ok || mistakes.length > 0) {
    const placed = mistakes.map(({ path, message, hint }) => {
      const flag = flagAt(path)
      return { where: message.startsWith(`${flag} `) ? undefined : flag, message, hint }
    })
    const hint = 'assay quick --help lists every flag.'
    throw mistakesError(placed, 'the command line', { hint, secrets })
  }
  return { study: result.study, secrets }
}

/** The study as one would have written it; whether its values are right is for `validate` to say. */
function writeStudy(flags: QuickFlags, headers: Readonly<Record<string, string>>): unknown {
  const { urls = [], inputTokens, outputTokens } = flags
  const sampling = picked(flags, ['temperature', 'topP'])
  const hasLoad = loadKinds.some((kind) => flags[kind] !== undefined)
  // `--burst 8 --requests 8` says one thing twice.
  const { requests: _, ...withoutRequests } = flags
  const load = flags.burst !== undefined && flags.requests === flags.burst ? withoutRequests : flags
  return {
    ...picked(flags, ['seed', 'capture', 'maxTokensTotal', 'abortOnErrors']),
    targets: [
      {
        ...(urls.length === 0 ? { engine: 'embedded' } : { urls }),
        ...picked(flags, ['dialect', 'model', 'apiKeyEnv', 'tokenizer', 'gpus', 'transport', 'connections']),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
      },
    ],
    workloads: [
      {
        ...(inputTokens === undefined ? {} : { prompt: { tokens: inputTokens } }),
        ...(outputTokens === undefined ? {} : { output: { tokens: outputTokens } }),
        ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
        ...picked(flags, ['tokenizer']),
      },
    ],
    loads: [
      {
        ...(hasLoad ? {} : { concurrency: 8 }),
        ...picked(load, [...loadKinds, 'ramp', 'arrivals', 'requests', 'duration']),
      },
    ],
  }
}

function picked(flags: QuickFlags, keys: readonly (keyof QuickFlags)[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])))
}

function readHeaders(texts: readonly string[]): {
  readonly headers: Record<string, string>
  readonly mistakes: readonly Mistake[]
} {
  const headers: Record<string, string> = {}
  const mistakes: Mistake[] = []
  const mistake = (message: string) => {
    mistakes.push({
      path: ['targets', 0, 'headers'],
      message,
      hint: 'For example: --header "X-Team: search"',
    })
  }
  for (const text of texts) {
    const [, name = '', value = ''] = /^\s*([^:]*?)\s*:\s*(.*?)\s*$/s.exec(text) ?? []
    // What is no header may be a key by mistake: it is not shown.
    if (name === '') mistake('expected a name, a colon and a value.')
    else if (value === '') mistake(`the header ${JSON.stringify(name)} has no value.`)
    else if (Object.hasOwn(headers, name)) mistake(`the header ${JSON.stringify(name)} is given twice.`)
    else headers[name] = value
  }
  return { headers, mistakes }
}

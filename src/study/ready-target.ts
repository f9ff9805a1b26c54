import { loadDialect } from '../dialects/index.ts'
import { type Endpoint, joinUrl, resolveEndpoint } from '../dialects/transport/endpoint.ts'
import type { Dialect } from '../model/dialect.ts'
import type { RunningEngine } from '../model/engine.ts'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import type { ReadyTarget, Target } from '../model/target.ts'
import { getText } from './get-text.ts'

const modelsTimeoutMs = 10_000

/** A target that is known to exist, with what is needed to talk to it. */
export interface PreparedTarget {
  readonly ready: ReadyTarget
  readonly endpoints: readonly Endpoint[]
  /** Headers of every request, key included. Never stored. */
  readonly headers: Readonly<Record<string, string>>
}

/** Resolves a target's hosts and finds its model. `engine`: the engine Assay started for it, if it did. */
export async function prepareTarget(
  target: Target,
  engine: RunningEngine | undefined,
): Promise<PreparedTarget> {
  const urls = engine === undefined ? target.urls : [engine.url]
  const dialectName = engine?.dialect ?? target.dialect
  const dialect = await loadDialect(dialectName, target.dialectOptions)
  const key = target.apiKeyEnv === undefined ? undefined : process.env[target.apiKeyEnv]
  const headers = {
    ...(key === undefined ? {} : keyHeader(dialect, key)),
    ...target.headers,
  }
  // An unknown host is told before anybody is asked anything.
  await Promise.all(urls.map((url) => resolveEndpoint(url, '/')))
  const model = target.model ?? engine?.model ?? (await firstModel(target, urls, dialect, headers))
  const path = dialect.path.replace('{model}', encodeURIComponent(model))
  const endpoints = await Promise.all(urls.map((url) => resolveEndpoint(url, path)))
  return {
    ready: {
      target,
      urls,
      dialect: dialectName,
      model,
      engineInfo: engine?.engineInfo ?? {},
      notices: engine?.notices ?? [],
    },
    endpoints,
    headers,
  }
}

function keyHeader(dialect: Dialect, key: string): Record<string, string> {
  return dialect.keyHeader === 'authorization'
    ? { Authorization: `Bearer ${key}` }
    : { [dialect.keyHeader]: key }
}

/** The first model the server lists; '' where requests name none and the server lists none. */
async function firstModel(
  target: Target,
  urls: readonly string[],
  { models, namesModel }: Dialect,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  if (models === undefined) {
    if (!namesModel) return ''
    const message = `Servers of dialect ${target.dialect} do not list their models.`
    const hint = `Name the model: --model NAME, or "model" of target "${target.name}".`
    throw new AssayError('model-unknown', message, { hint, exitCode: exitCodes.target })
  }
  const url = joinUrl(baseOf(urls[0] ?? ''), models.path)
  const hint = `Name the model: --model NAME, or "model" of target "${target.name}".`
  let answer: { status: number; body: string }
  try {
    answer = await getText(url, { headers, timeoutMs: modelsTimeoutMs, transport: target.transport })
  } catch (cause) {
    throw new AssayError(
      'target-unreachable',
      `Target "${target.name}" does not answer at ${url.origin}: ${reason(cause)}`,
      {
        hint: unreachableHint(cause),
        exitCode: exitCodes.target,
        cause,
      },
    )
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new AssayError(
      'target-refuses',
      `Target "${target.name}" refuses access to ${url.href} (${answer.status}).`,
      {
        hint: 'Give its key with --api-key-env VARIABLE, or apiKeyEnv in the study.',
        exitCode: exitCodes.target,
      },
    )
  }
  const [model] = models.names(answer.body)
  if (model === undefined && !namesModel) return ''
  if (answer.status !== 200 || model === undefined) {
    const message = `Target "${target.name}" does not list its models at ${url.href} (status ${answer.status}).`
    throw new AssayError('model-unknown', message, { hint, exitCode: exitCodes.target })
  }
  return model
}

/** A base URL may be given with the API path of a dialect; models are listed beside it. */
function baseOf(url: string): string {
  return url.replace(/\/(chat\/)?completions\/?$/, '')
}

function unreachableHint(cause: unknown): string {
  const { code = '' } = cause as { code?: string }
  return /CERT|SIGNATURE/.test(code)
    ? 'The certificate cannot be verified. For a private authority set NODE_EXTRA_CA_CERTS=/path/ca.pem.'
    : 'Is the server running, and are host and port right?'
}

function reason(cause: unknown): string {
  const { code } = cause as { code?: string }
  return code === 'ECONNREFUSED' ? 'nothing listens there (connection refused).' : messageOf(cause)
}

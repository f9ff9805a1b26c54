import { loadDialect } from '../dialects/index.ts'
import { type Endpoint, resolveEndpoint } from '../dialects/transport/endpoint.ts'
import type { Dialect } from '../model/dialect.ts'
import type { RunningEngine } from '../model/engine.ts'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import type { ServerKind } from '../model/server-kind.ts'
import type { ReadyTarget, Target } from '../model/target.ts'
import { learnedOptions } from './learn-model.ts'
import { targetModel } from './model-name.ts'
import { readServer, type SeenServer } from './server-pages.ts'

/** A target that is known to exist, with what is needed to talk to it. */
export interface PreparedTarget {
  readonly ready: ReadyTarget
  readonly endpoints: readonly Endpoint[]
  /** Headers of every request, key included. Never stored. */
  readonly headers: Readonly<Record<string, string>>
  /** What the server was recognised as. */
  readonly server: ServerKind
  /** Where its endpoints count what they do; empty when such servers do not. */
  readonly metricsUrls: readonly URL[]
}

/**
 * Resolves a target's hosts, reads once what its server says of itself, and finds its model. `engine`: the engine Assay
 * started for it, if it did.
 */
export async function prepareTarget(
  target: Target,
  engine: RunningEngine | undefined,
): Promise<PreparedTarget> {
  const urls = engine?.urls ?? target.urls
  const dialectName = engine?.dialect ?? target.dialect
  const unlearned = await loadDialect(dialectName, target.dialectOptions)
  const headers = requestHeaders(target, unlearned)
  // An unknown host is told before anybody is asked anything.
  await Promise.all(urls.map((url) => resolveEndpoint(url, '')))
  const [server, ...others] = await Promise.all(
    urls.map((url, i) => seeServer(target, url, headers, engine?.metricsUrls?.[i])),
  )
  if (server === undefined) throw new RangeError(`target ${target.name} has no URL`)
  const [url = ''] = urls
  const model = engine?.model ?? (await targetModel(target, { url, server, dialect: unlearned, headers }))
  const dialectOptions = await learnedOptions(target, { dialect: unlearned, url, model, headers })
  const dialect = await loadDialect(dialectName, dialectOptions)
  const path = dialect.path.replace('{model}', encodeURIComponent(model))
  const endpoints = await Promise.all(urls.map((url) => resolveEndpoint(url, path)))
  const differ = others.filter((other) => titleOf(other) !== titleOf(server)).map(titleOf)
  return {
    ready: {
      target: { ...target, dialectOptions },
      urls,
      dialect: dialectName,
      model,
      connections: target.connections,
      engineInfo: engineInfo(server, model, engine),
      notices: [
        ...(engine?.notices ?? []),
        // A recipe has said already what its engine does by default.
        ...(engine?.commands === undefined ? server.facts.notices : []),
        ...(differ.length === 0
          ? []
          : [`its endpoints differ: ${[titleOf(server), ...new Set(differ)].join('; ')}`]),
      ],
    },
    endpoints,
    headers,
    server: server.kind,
    metricsUrls:
      engine?.metricsUrls?.map((url) => new URL(url)) ??
      [server, ...others].flatMap(({ metricsUrl }) => metricsUrl ?? []),
  }
}

/** Headers of every request to a target, with its key. */
export function requestHeaders(
  { apiKeyEnv, headers }: Pick<Target, 'apiKeyEnv' | 'headers'>,
  dialect: Dialect,
): Readonly<Record<string, string>> {
  const key = apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv]
  return { ...(key === undefined ? {} : keyHeader(dialect, key)), ...headers }
}

function keyHeader(dialect: Dialect, key: string): Record<string, string> {
  return dialect.keyHeader === 'authorization'
    ? { Authorization: `Bearer ${key}` }
    : { [dialect.keyHeader]: key }
}

/** Throws `target-unreachable` when nothing answers there. */
export async function seeServer(
  target: Pick<Target, 'name' | 'transport' | 'metricsUrl'>,
  url: string,
  headers: Readonly<Record<string, string>>,
  metricsUrl: string | undefined = target.metricsUrl,
): Promise<SeenServer> {
  try {
    return await readServer(url, {
      headers,
      transport: target.transport,
      ...(metricsUrl === undefined ? {} : { metricsUrl }),
    })
  } catch (cause) {
    if (cause instanceof AssayError) throw cause
    throw new AssayError(
      'target-unreachable',
      `Target "${target.name}" does not answer at ${new URL(url).origin}: ${reason(cause)}`,
      { hint: unreachableHint(cause), exitCode: exitCodes.target, cause },
    )
  }
}

/** What a recipe knows and what the server says; where both speak of a setting, the server knows better. */
function engineInfo(
  { kind, facts }: SeenServer,
  model: string,
  engine: RunningEngine | undefined,
): ReadyTarget['engineInfo'] {
  const contextTokens = facts.models.find(({ name }) => name === model)?.contextTokens
  return {
    ...(kind.name === 'unknown' ? {} : { engine: kind.name }),
    ...(facts.version === undefined ? {} : { version: facts.version }),
    ...engine?.engineInfo,
    ...facts.settings,
    ...(contextTokens === undefined ? {} : { contextTokens }),
  }
}

function titleOf({ kind, facts }: SeenServer): string {
  return facts.version === undefined ? kind.title : `${kind.title} ${facts.version}`
}

function unreachableHint(cause: unknown): string {
  const { code = '' } = cause as { code?: string }
  return /CERT|SIGNATURE/.test(code)
    ? 'The certificate cannot be verified. For a private authority set NODE_EXTRA_CA_CERTS=/path/ca.pem.'
    : 'Is the server running, and are host and port right?'
}

function reason(cause: unknown): string {
  const { code = '' } = cause as { code?: string }
  if (code.startsWith('HPE_')) return 'it does not speak HTTP/1.1.'
  return code === 'ECONNREFUSED' ? 'nothing listens there (connection refused).' : messageOf(cause)
}

import { joinUrl } from '../dialects/transport/endpoint.ts'
import { isSimulated, recogniseServer, serverKinds, unknownServer } from '../engines/servers/index.ts'
import type { ServerFacts, ServerKind, ServerPage, ServerPages } from '../model/server-kind.ts'
import type { TransportName } from '../model/target.ts'
import { parseMetrics } from '../telemetry/server-metrics/parse.ts'
import { getText } from './get-text.ts'

/** The first page decides whether there is a server; the others only describe it. */
const firstPage = '/v1/models'
const firstTimeoutMs = 10_000
const timeoutMs = 2000

const simulated = 'simulated: a reference server answers, no model computes'

/** A server, as its pages show it. */
export interface SeenServer {
  readonly kind: ServerKind
  /** What shows that it is this kind. */
  readonly by: string
  readonly facts: ServerFacts
  readonly seen: ServerPages
  /** Where it counts; absent when servers of this kind do not. */
  readonly metricsUrl?: URL
}

/**
 * Reads what a server says of itself: the list of models first, the pages of its kind when that tells it, else those of
 * every kind. Rejects when no connection can be made.
 */
export async function readServer(
  base: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly transport: TransportName },
): Promise<SeenServer> {
  const url = pageUrl(base, '')
  const pages: Record<string, ServerPage> = {}
  const read = async (path: string, limitMs: number) => {
    pages[path] = await getText(pageUrl(base, path), { ...options, timeoutMs: limitMs })
  }
  // Pages that do not answer in time say nothing.
  const readAll = (paths: readonly string[]) =>
    Promise.allSettled(
      [...new Set(paths)].filter((path) => pages[path] === undefined).map((path) => read(path, timeoutMs)),
    )
  let seen: ServerPages = { url, pages, metrics: [] }
  let found = recogniseServer(seen)
  if (found === undefined) {
    await read(firstPage, firstTimeoutMs)
    found = recogniseServer(seen)
  }
  if (found === undefined) {
    await readAll(serverKinds.flatMap((kind) => kind.pages))
    found = recogniseServer(seen)
  } else await readAll(found.kind.pages)
  const { kind, by } = found ?? { kind: unknownServer, by: unknownServer.recognise(seen) ?? '' }
  const metricsUrl = metricsUrlOf(kind, base)
  if (metricsUrl !== undefined) {
    const page = await getMetrics(metricsUrl, { ...options, origin: url.origin }).catch(() => undefined)
    if (page?.status === 200) seen = { ...seen, metrics: parseMetrics(page.body) }
  }
  const facts = kind.facts(seen)
  const notices = isSimulated(seen) ? [simulated, ...facts.notices] : facts.notices
  const where = metricsUrl === undefined ? {} : { metricsUrl }
  return { kind, by, facts: { ...facts, notices }, seen, ...where }
}

/**
 * A metrics page. Most are open: headers, which may hold a key, are sent only when the page asks for them, and only to
 * the target's own origin.
 */
export async function getMetrics(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly transport: TransportName
    readonly origin: string
  },
): Promise<ServerPage> {
  const { headers, transport, origin } = options
  const open = await getText(url, { headers: {}, timeoutMs, transport })
  if ((open.status !== 401 && open.status !== 403) || url.origin !== origin) return open
  return getText(url, { headers, timeoutMs, transport })
}

/** Where a page of the server behind a base URL lies; the base may name a dialect's path or a version. */
export function pageUrl(base: string, path: string): URL {
  const url = joinUrl(base, '')
  const root = url.pathname
    .replace(/\/+$/, '')
    .replace(
      /\/(chat\/completions|completions?|responses|messages|generate_stream|generate|api\/(generate|chat))$/,
      '',
    )
    .replace(/\/v\d+$/, '')
  url.pathname = root + path
  url.search = ''
  url.hash = ''
  return url
}

function metricsUrlOf(kind: ServerKind, base: string): URL | undefined {
  if (kind.metrics === undefined) return undefined
  const url = pageUrl(base, kind.metrics.path)
  if (kind.metrics.port !== undefined) {
    url.port = String(kind.metrics.port)
    url.pathname = kind.metrics.path
  }
  return url
}

import { joinUrl } from '../dialects/transport/endpoint.ts'
import { isSimulated, recogniseServer, serverKinds, unknownServer } from '../engines/servers/index.ts'
import type { ServerFacts, ServerKind, ServerPage, ServerPages } from '../model/server-kind.ts'
import type { TransportName } from '../model/target.ts'
import { parseMetrics } from '../telemetry/server-metrics/parse.ts'
import { getText } from './get-text.ts'

/** The first page decides whether there is a server; the others only describe it. */
const firstPage = '/v1/models'
/** The same where there is no HTTP. */
const firstGrpcPage = '/v2'
const firstTimeoutMs = 10_000
const timeoutMs = 2000

/** Before the path of a page that is asked for by POST. */
const postMark = 'POST '

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
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly transport: TransportName
    /** Where it counts, if not where such servers do. */
    readonly metricsUrl?: string
  },
): Promise<SeenServer> {
  const url = pageUrl(base, '')
  const pages: Record<string, ServerPage> = {}
  const read = async (path: string, limitMs: number) => {
    const isPost = path.startsWith(postMark)
    pages[path] = await getText(pageUrl(base, isPost ? path.slice(postMark.length) : path), {
      ...options,
      timeoutMs: limitMs,
      ...(isPost ? { post: true } : {}),
    })
  }
  // Pages that do not answer in time say nothing.
  const readAll = (paths: readonly string[]) =>
    Promise.allSettled(
      [...new Set(paths)].filter((path) => pages[path] === undefined).map((path) => read(path, timeoutMs)),
    )
  let seen: ServerPages = { url, pages, metrics: [] }
  let found = recogniseServer(seen)
  if (found === undefined) {
    await read(options.transport === 'grpc' ? firstGrpcPage : firstPage, firstTimeoutMs)
    found = recogniseServer(seen)
  }
  if (found === undefined) {
    await readAll(serverKinds.flatMap((kind) => kind.pages))
    found = recogniseServer(seen)
  } else await readAll(found.kind.pages)
  const { kind, by } = found ?? { kind: unknownServer, by: unknownServer.recognise(seen) ?? '' }
  const metricsUrl = options.metricsUrl === undefined ? metricsUrlOf(kind, base) : new URL(options.metricsUrl)
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
  const { headers, origin } = options
  const transport = options.transport === 'grpc' ? 'http1' : options.transport
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

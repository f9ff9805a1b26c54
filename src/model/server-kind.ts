/** One answer of a server to a GET, or to a POST that asks for a page. Everything in it is the server's word: hostile until checked. */
export interface ServerPage {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One line of a metrics page. */
export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What was read of one server. */
export interface ServerPages {
  readonly url: URL
  /** By path, "POST " before those that are asked for so; absent: not asked for, or no answer came. */
  readonly pages: Readonly<Record<string, ServerPage>>
  /** Of its metrics page; empty when it has none or it was not read. */
  readonly metrics: readonly MetricSample[]
}

export interface ServedModel {
  readonly name: string
  /** Prompt and output of one request together. */
  readonly contextTokens?: number
}

/** Effective settings by stable words: maxSequences, contextTokens, prefixCache, dtype … */
export type ServerSettings = Readonly<Record<string, string | number | boolean>>

/** What a server says of itself. */
export interface ServerFacts {
  readonly version?: string
  /** The default first; empty when it lists none. */
  readonly models: readonly ServedModel[]
  readonly settings: ServerSettings
  /** Limits that bias results and do not show in them: "answers one request at a time". */
  readonly notices: readonly string[]
}

/** What servers count about themselves, in nobody's words. Durations are histograms in seconds. */
export const serverMetricNames = [
  'prompt-tokens',
  'generated-tokens',
  'requests-finished',
  'requests-failed',
  'cached-tokens',
  'preemptions',
  'running',
  'waiting',
  'kv-usage',
  'drafted-tokens',
  'accepted-tokens',
  'ttft',
  'itl',
  'tpot',
  'e2e-latency',
  'queue-time',
  'prefill-time',
  'decode-time',
] as const
export type ServerMetricName = (typeof serverMetricNames)[number]

/**
 * An engine's own names of one metric: the first that is on the page is meant. A list inside is a sum of those of its
 * names that are there.
 */
export type MetricSpelling = readonly (string | readonly string[])[]

export type MetricSpellings = { readonly [name in ServerMetricName]?: MetricSpelling }

/** Where an engine counts, and how it calls what it counts. */
export interface ServerMetrics {
  readonly path: string
  /** Where it is another than the target's. No key is sent there. */
  readonly port?: number
  readonly names: MetricSpellings
}

/** Serving software: how it is known from outside, and what it then says of itself. Pure. */
export interface ServerKind {
  readonly name: string
  readonly title: string
  /** Names of the dialects it speaks, the one that says most first. */
  readonly dialects: readonly string[]
  /** Paths of the pages that it is known by and described in. */
  readonly pages: readonly string[]
  /** Whether requests for a model that it does not list are refused. */
  readonly refusesOtherModels: boolean
  /** What shows that it is this one, in words; `undefined` when it is not. */
  recognise(seen: ServerPages): string | undefined
  facts(seen: ServerPages): ServerFacts
  readonly metrics?: ServerMetrics
}

/** How much a server's counters grew during a run, or why nobody can say. */
export type CounterGrowth =
  | { readonly kind: 'grown'; readonly by: { readonly [name in ServerMetricName]?: number } }
  | { readonly kind: 'restarted' }
  /** An endpoint gave no page before or after the run. */
  | { readonly kind: 'incomplete' }

const prefix = 'assay_embedded:'

/** Bounds in seconds, with room for a model of a microsecond a token and one of seconds. */
const secondsBounds = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5,
  0.75, 1, 2.5, 5, 10, 30, 60, 120,
]

const finishReasons = ['stop', 'length', 'abort', 'error'] as const
type FinishReason = (typeof finishReasons)[number]

/** A Prometheus histogram of durations. */
export interface Histogram {
  observe(seconds: number): void
  lines(name: string, labels: string): string[]
}

/** A histogram over fixed bounds; buckets are cumulative when written. */
export function makeHistogram(bounds: readonly number[] = secondsBounds): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    observe(seconds) {
      let at = 0
      while (at < bounds.length && seconds > (bounds[at] ?? 0)) at++
      counts[at] = (counts[at] ?? 0) + 1
      sum += seconds
    },
    lines(name, labels) {
      let count = 0
      const buckets = [...bounds.map(String), '+Inf'].map((bound, at) => {
        count += counts[at] ?? 0
        return `${name}_bucket{${labels},le="${bound}"} ${count}`
      })
      return [...buckets, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`]
    },
  }
}

/** What the server counts about its generations. */
export interface ServerMetrics {
  readonly timeToFirstToken: Histogram
  readonly interTokenLatency: Histogram
  readonly endToEndLatency: Histogram
  readonly queueTime: Histogram
  promptTokens: number
  cachedTokens: number
  generationTokens: number
  finished(reason: FinishReason): void
  /** Prometheus text. */
  render(gauges: { readonly running: number; readonly waiting: number }): string
}

/** Counters from zero, labelled with the model. */
export function makeMetrics(model: string): ServerMetrics {
  const labels = `model_name="${model.replaceAll(/["\\\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`
  const finished = new Map<FinishReason, number>(finishReasons.map((reason) => [reason, 0]))
  const metrics: ServerMetrics = {
    timeToFirstToken: makeHistogram(),
    interTokenLatency: makeHistogram(),
    endToEndLatency: makeHistogram(),
    queueTime: makeHistogram(),
    promptTokens: 0,
    cachedTokens: 0,
    generationTokens: 0,
    finished(reason) {
      finished.set(reason, (finished.get(reason) ?? 0) + 1)
    },
    render({ running, waiting }) {
      const single = (name: string, type: string, help: string, value: number) => [
        ...head(name, type, help),
        `${prefix}${name}{${labels}} ${value}`,
      ]
      const histogram = (name: string, help: string, of: Histogram) => [
        ...head(name, 'histogram', help),
        ...of.lines(`${prefix}${name}`, labels),
      ]
      const { promptTokens, cachedTokens, generationTokens } = metrics
      return `${[
        ...single('num_requests_running', 'gauge', 'Requests that hold a sequence.', running),
        ...single('num_requests_waiting', 'gauge', 'Requests that wait for a sequence.', waiting),
        ...single('prompt_tokens_total', 'counter', 'Prompt tokens computed.', promptTokens),
        ...single('prompt_tokens_cached_total', 'counter', 'Prompt tokens not computed again.', cachedTokens),
        ...single('generation_tokens_total', 'counter', 'Tokens generated.', generationTokens),
        ...head('request_success_total', 'counter', 'Requests that ended, by reason.'),
        ...[...finished].map(
          ([reason, n]) => `${prefix}request_success_total{${labels},finished_reason="${reason}"} ${n}`,
        ),
        ...histogram(
          'time_to_first_token_seconds',
          'From the whole request to the first token.',
          metrics.timeToFirstToken,
        ),
        ...histogram(
          'inter_token_latency_seconds',
          'Between two tokens of a request.',
          metrics.interTokenLatency,
        ),
        ...histogram(
          'e2e_request_latency_seconds',
          'From the whole request to its end.',
          metrics.endToEndLatency,
        ),
        ...histogram('request_queue_time_seconds', 'Waiting for a sequence.', metrics.queueTime),
      ].join('\n')}\n`
    },
  }
  return metrics
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${prefix}${name} ${help}`, `# TYPE ${prefix}${name} ${type}`]
}

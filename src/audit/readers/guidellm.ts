import { knownFigures } from '../figures.ts'
import { at, numberAt, type ResultReader } from '../reader.ts'

const msPerS = 1000

/** `guidellm run --output kind=json`: the first benchmark of the file, its successful requests. */
export const guidellm: ResultReader = {
  title: 'GuideLLM',
  read(content) {
    if (at(content, 'metadata', 'guidellm_version') === undefined) return undefined
    const metrics = at(content, 'benchmarks', 0, 'metrics')
    const percentile = (metric: string, name: string, factor?: number) =>
      numberAt(metrics, [metric, 'successful', 'percentiles', name], factor)
    return {
      figures: knownFigures({
        ttftP50Ms: percentile('time_to_first_token_ms', 'p50'),
        ttftP99Ms: percentile('time_to_first_token_ms', 'p99'),
        tpotP50Ms: percentile('inter_token_latency_ms', 'p50'),
        tpotP99Ms: percentile('inter_token_latency_ms', 'p99'),
        e2eP50Ms: percentile('request_latency', 'p50', msPerS),
        e2eP99Ms: percentile('request_latency', 'p99', msPerS),
        requestsPerSecond: numberAt(metrics, ['requests_per_second', 'successful', 'mean']),
        outputTokensPerSecond: numberAt(metrics, ['output_tokens_per_second', 'successful', 'mean']),
        requests: numberAt(metrics, ['request_totals', 'successful']),
        outputTokens: numberAt(metrics, ['output_token_count', 'successful', 'total_sum']),
      }),
      notes: [
        'It reports no pooled gaps: what it calls inter_token_latency is one mean a request and stands here as TPOT, so a stall within a reply is invisible in it.',
        ...(at(content, 'benchmarks', 1) === undefined
          ? []
          : ['The file holds several benchmarks: the first is compared here with the truth of all of them.']),
      ],
    }
  },
}

import { knownFigures } from '../figures.ts'
import { numberAt, type ResultReader } from '../reader.ts'

/** `aiperf profile`: profile_export_aiperf.json, an object a metric with its unit and percentiles. */
export const aiperf: ResultReader = {
  title: 'AIPerf',
  read(content) {
    if (!('aiperf_version' in content && 'request_count' in content)) return undefined
    const value = (metric: string, stat: string) => numberAt(content, [metric, stat])
    return {
      figures: knownFigures({
        ttftP50Ms: value('time_to_first_token', 'p50'),
        ttftP99Ms: value('time_to_first_token', 'p99'),
        itlP50Ms: value('inter_chunk_latency', 'p50'),
        itlP99Ms: value('inter_chunk_latency', 'p99'),
        tpotP50Ms: value('inter_token_latency', 'p50'),
        tpotP99Ms: value('inter_token_latency', 'p99'),
        e2eP50Ms: value('request_latency', 'p50'),
        e2eP99Ms: value('request_latency', 'p99'),
        requestsPerSecond: value('request_throughput', 'avg'),
        outputTokensPerSecond: value('output_token_throughput', 'avg'),
        requests: value('request_count', 'avg'),
        outputTokens: value('total_output_tokens', 'avg'),
      }),
      notes: [
        'Its pooled gaps are called inter_chunk_latency; what it calls inter_token_latency is one mean a request and stands here as TPOT.',
      ],
    }
  },
}

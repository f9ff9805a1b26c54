import { knownFigures } from '../figures.ts'
import { numberAt, type ResultReader } from '../reader.ts'

/** `sglang.benchmark.serving --output-file` and its Rust client: one JSON object a run, a line each, the last counts. */
export const sglangBench: ResultReader = {
  title: 'SGLang bench',
  read(content) {
    if (!('total_output_tokens_retokenized' in content)) return undefined
    const value = (name: string) => numberAt(content, [name])
    return {
      figures: knownFigures({
        ttftP50Ms: value('median_ttft_ms'),
        ttftP99Ms: value('p99_ttft_ms'),
        itlP50Ms: value('median_itl_ms'),
        itlP99Ms: value('p99_itl_ms'),
        tpotP50Ms: value('median_tpot_ms'),
        tpotP99Ms: value('p99_tpot_ms'),
        e2eP50Ms: value('median_e2e_latency_ms'),
        e2eP99Ms: value('p99_e2e_latency_ms'),
        requestsPerSecond: value('request_throughput'),
        outputTokensPerSecond: value('output_throughput'),
        requests: value('completed'),
        outputTokens: value('total_output_tokens'),
      }),
      notes: [],
    }
  },
}

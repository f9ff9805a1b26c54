import { knownFigures } from '../figures.ts'
import { numberAt, type ResultReader } from '../reader.ts'

/**
 * `vllm bench serve --save-result`, the Python client and the Rust one (`vllm-rs`): one flat JSON object. Which
 * percentiles there are depends on `--percentile-metrics` and `--metric-percentiles`; the median always is.
 */
export const vllmBench: ResultReader = {
  title: 'vLLM bench',
  read(content) {
    if (!('total_token_throughput' in content && 'model_id' in content)) return undefined
    const value = (name: string) => numberAt(content, [name])
    return {
      figures: knownFigures({
        ttftP50Ms: value('median_ttft_ms'),
        ttftP99Ms: value('p99_ttft_ms'),
        itlP50Ms: value('median_itl_ms'),
        itlP99Ms: value('p99_itl_ms'),
        tpotP50Ms: value('median_tpot_ms'),
        tpotP99Ms: value('p99_tpot_ms'),
        e2eP50Ms: value('median_e2el_ms'),
        e2eP99Ms: value('p99_e2el_ms'),
        requestsPerSecond: value('request_throughput'),
        outputTokensPerSecond: value('output_throughput'),
        requests: value('completed'),
        outputTokens: value('total_output_tokens'),
      }),
      notes: [],
    }
  },
}

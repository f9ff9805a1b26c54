import { expect, test } from 'vitest'
import { makeHistogram, makeMetrics } from './metrics.ts'

test('a histogram counts each value in every bucket that reaches it', () => {
  const histogram = makeHistogram([1, 2])
  for (const value of [0.5, 1, 1.5, 9]) histogram.observe(value)
  expect(histogram.lines('h', 'm="x"')).toEqual([
    'h_bucket{m="x",le="1"} 2',
    'h_bucket{m="x",le="2"} 3',
    'h_bucket{m="x",le="+Inf"} 4',
    'h_sum{m="x"} 12',
    'h_count{m="x"} 4',
  ])
})

test('the text names every metric with its type, and quotes the model name', () => {
  const metrics = makeMetrics('a"b')
  metrics.promptTokens += 5
  metrics.generationTokens += 7
  metrics.finished('length')
  const text = metrics.render({ running: 3, waiting: 2 })
  const lines = text.split('\n')
  expect(lines).toContain('# TYPE assay_embedded:num_requests_running gauge')
  expect(lines).toContain('assay_embedded:num_requests_running{model_name="a\\"b"} 3')
  expect(lines).toContain('assay_embedded:num_requests_waiting{model_name="a\\"b"} 2')
  expect(lines).toContain('assay_embedded:prompt_tokens_total{model_name="a\\"b"} 5')
  expect(lines).toContain('assay_embedded:generation_tokens_total{model_name="a\\"b"} 7')
  expect(lines).toContain(
    'assay_embedded:request_success_total{model_name="a\\"b",finished_reason="length"} 1',
  )
  expect(lines).toContain('# TYPE assay_embedded:inter_token_latency_seconds histogram')
  expect(text.endsWith('\n')).toBe(true)
})

import { expect, test } from 'vitest'
import type { Verdict } from './verdict.ts'
import { stampText, worstFacts } from './verdict-text.ts'

const trusted: Verdict = {
  run: 'run-0',
  verdict: 'trusted',
  reasons: [],
  error: { ttftBiasMs: 0.3, ttftP99Ms: 0.9, eventP99Ms: 0.8 },
  usefulCpuShare: 0.41,
  affected: { requests: 0, seconds: 0 },
}

const { error: _, usefulCpuShare: __, ...bare } = trusted

test.each([
  [trusted, "trusted: TTFT +0.3 ms, p99 of the client's own error 0.9 ms; client used 41 % of its cores"],
  [
    { ...trusted, verdict: 'degraded', affected: { requests: 12, seconds: 1 } },
    "degraded: TTFT +0.3 ms, p99 of the client's own error 0.9 ms; client used 41 % of its cores; 12 requests touched in 1 unhealthy second",
  ],
  [{ ...trusted, error: { ttftBiasMs: -0.04 } }, 'trusted: TTFT −0.04 ms; client used 41 % of its cores'],
  [
    { ...bare, verdict: 'client-bound', affected: { requests: 1, seconds: 2.5 } },
    "client-bound: client's own error not measured; 1 request touched in 2.5 unhealthy seconds",
  ],
] as const)('a stamp in one line: %#', (verdict, text) => {
  expect(stampText(verdict)).toBe(text)
})

test('of several runs the worst number is told, and what was touched adds up', () => {
  const other: Verdict = {
    ...trusted,
    error: { ttftBiasMs: -0.5, eventP99Ms: 2 },
    usefulCpuShare: 0.3,
    affected: { requests: 3, seconds: 1.1 },
  }
  expect(worstFacts([trusted, other, other])).toEqual({
    error: { ttftBiasMs: -0.5, ttftP99Ms: 0.9, eventP99Ms: 2 },
    usefulCpuShare: 0.41,
    affected: { requests: 6, seconds: 2.2 },
  })
})

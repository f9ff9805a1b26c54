import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { needed } from '../stats/interval.ts'
import { metrics } from './index.ts'
import { metricsMarkdown } from './markdown.ts'

test('docs/metrics.md is what the table says; if this fails, run npm run docs', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  expect(page === metricsMarkdown(), 'docs/metrics.md is out of date: run npm run docs').toBe(true)
})

test('the page states the sizes that quantiles need', () => {
  expect(metricsMarkdown()).toContain(
    `${needed(0.5)} for p50, ${needed(0.9)} for p90, ${needed(0.95)} for p95, ${needed(0.99)} for p99`,
  )
})

test('every metric has its own kebab-case id and a definition that is a sentence', () => {
  const ids = metrics.map((metric) => metric.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, formula } of metrics) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(formula).toMatch(/\.$/)
  }
})

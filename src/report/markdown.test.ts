import { expect, test } from 'vitest'
import { failedExample, reportExample } from '../../test/report-example.ts'
import { reportMarkdown } from './markdown.ts'
import { code, literal } from './markdown-text.ts'

test('texts of others are literal: no HTML, link, mention, emphasis or new cell', () => {
  expect(literal('<img src=x> & **b** [a](http://x) | @team\n# h')).toBe(
    '&lt;img src=x&gt; &amp; \\*\\*b\\*\\* \\[a\\](http\u200b://x) \\| @\u200bteam \\# h',
  )
  expect(code('a`b` | <i>\r\nc')).toBe('`aˋbˋ \\| <i> c`')
})

test('every table row has as many cells as its head', () => {
  const lines = reportMarkdown(reportExample()).split('\n')
  const cells = (line: string) => line.split(/(?<!\\)\|/).length
  let head = 0
  let rows = 0
  for (const line of lines) {
    if (!line.startsWith('|')) head = 0
    else if (head === 0) head = cells(line)
    else {
      rows++
      expect([line, cells(line)]).toEqual([line, head])
    }
  }
  expect(rows).toBeGreaterThan(40)
})

test('markup of a server stands in code spans or is escaped', () => {
  const outside = reportMarkdown(reportExample()).replace(/`[^`\n]*`/g, '')
  expect(outside).not.toContain('<img')
  expect(outside).not.toContain('</script')
})

test('the report compares cells, names scope and direction, and explains what is withheld', () => {
  const shown = reportMarkdown(reportExample())
  expect(shown).toContain('**Verdict:** 4 trusted, 4 degraded')
  expect(shown).toContain('| target / load | TTFT p50 ms ↓ | TTFT p95 ms ↓ |')
  expect(shown).toContain('output tok/s, system ↑')
  expect(shown).toContain('- – p99 of TTFT, TPOT, E2E needs 368 values, has 200')
  expect(shown).toContain('> **Notice:** simulated: timings come from a formula, not from a model')
})

test('a report without an answer has errors instead of numbers', () => {
  const shown = reportMarkdown(failedExample())
  expect(shown).toContain('| TTFT ms ↓ | – | – | – | – | – | 0 |')
  expect(shown).toContain('| `connect` | 216 |')
})

test('each stamp has its numbers, its runs and its reasons', () => {
  const shown = reportMarkdown(reportExample())
  expect(shown).toContain(
    "- **degraded**: client's own error not measured; 12 requests touched in 4 unhealthy seconds (llama.cpp-q4 / steady, repeat 1; ",
  )
  expect(shown).toContain('  - the target shares this host’s cores')
})

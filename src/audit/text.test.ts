import { describe, expect, test } from 'vitest'
import type { Audit } from './audit.ts'
import { differences } from './differences.ts'
import { auditText } from './text.ts'

const plain = { bold: (text: string) => text, dim: (text: string) => text, yellow: (text: string) => text }

const full: Audit = {
  schema: 'assay-audit/1',
  assay: '0.1.0',
  created: '2026-11-23T10:00:00.000Z',
  command: ['tool', 'http://127.0.0.1:1'],
  simulated: { ttftMs: 50, itlMs: 20 },
  end: { code: 0, interrupted: false },
  reader: 'vllm-bench',
  truth: {
    requests: 100,
    leftOut: 1,
    completed: 100,
    notStreamed: 0,
    events: 6400,
    arrivalSpreadMs: 20.26,
    arrivalsPerSecond: 4936,
    arrivalGapCv: 1.2345,
    peakOpen: 100,
    figures: {},
  },
  differences: differences(
    {
      ttftP50Ms: 50.0123,
      itlP50Ms: 20,
      tpotP50Ms: 20,
      requestsPerSecond: 5.9,
      requests: 100,
      outputTokens: 6400,
    },
    {
      ttftP50Ms: 62.5,
      ttftP99Ms: 99,
      tpotP50Ms: 19.9999,
      requestsPerSecond: 5.6,
      requests: 100,
      outputTokens: 25_600,
    },
  ),
  usage: {
    cpuS: 0.31,
    cpuBeforeFirstRequestS: 0.054,
    peakRssBytes: 53 * 2 ** 20,
    peakTreeRssBytes: 80 * 2 ** 20,
    processes: 3,
  },
  cpuUsPerEvent: 48.44,
  startToFirstRequestS: 0.05,
  wallS: 1.42,
  lateness: { events: 6400, p50Ms: 0.01, p99Ms: 0.2, maxMs: 1 },
  findings: [
    { code: 'a', severity: 'warning', message: 'It is doubtful.', advice: 'Do this.' },
    { code: 'b', severity: 'note', message: 'It is otherwise.', advice: '' },
  ],
}

test('an audit as a table of differences and what else was seen', () => {
  expect(auditText(full, plain)).toBe(`\
What vLLM bench reports against what the server did
100 requests, 6,400 events; simulated timings: first token after 50 ms, then one each 20 ms

                             truth    reported    difference
TTFT p50 ms                  50.01       62.50       +12.488
TTFT p99 ms                      –       99.00             –
ITL p50 ms                   20.00           –             –
TPOT p50 ms                  20.00       20.00         0.000
requests/s                     5.9         5.6        -5.1 %
requests completed             100         100             0
output tokens                6,400      25,600       +19,200

load      arrivals over 20.3 ms; 4,936 requests/s; CV of their gaps 1.23 (1 is Poisson); at most 100 open at once; 1 left out
cost      0.31 s of CPU; 0.05 s of it before the first request; 48.4 µs an event in all
memory    at most 53 MB in one process, 80 MB in all 3 together
time      0.05 s from start to first request; 1.42 s in all
server    late itself by 0.010 ms (p50), 0.200 ms (p99), 1.000 ms (most)

warning: It is doubtful.
  Do this.

note: It is otherwise.
`)
})

describe('what is not known', () => {
  const { reader, startToFirstRequestS, cpuUsPerEvent, ...known } = full
  expect([reader, startToFirstRequestS, cpuUsPerEvent]).not.toContain(undefined)
  const text = auditText(
    {
      ...known,
      usage: {},
      truth: { requests: 1, leftOut: 0, completed: 0, notStreamed: 0, events: 0, peakOpen: 0, figures: {} },
      lateness: { events: 0 },
      findings: [],
    },
    plain,
  )

  test('has no line', () => {
    expect(text).not.toContain('\ncost')
    expect(text).not.toContain('\nmemory')
  })

  test('is a dash or nothing in the others', () => {
    expect(text).toMatch(/^What the command reports .*\n1 request, 0 events; /)
    expect(text).toContain('\nload      at most 0 open at once\n')
    expect(text).toContain('\ntime      1.42 s in all\n')
    expect(text).toContain('\nserver    late itself by – ms (p50), – ms (p99), – ms (most)\n')
  })
})

test('errors joined request by request have a table of their own', () => {
  const event = { n: 9, biasMs: 1, p50Ms: 0.045, p99Ms: 1.2, maxMs: 3 }
  const text = auditText({ ...full, stamps: { event } }, plain)
  expect(text).toContain(`
request by request                        p50      p99     most
stamp of an event − its write, ms       0.045    1.200    3.000
`)
})

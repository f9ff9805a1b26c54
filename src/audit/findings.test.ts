import { expect, test } from 'vitest'
import { type AuditFacts, auditFindings } from './findings.ts'

const sound: AuditFacts = {
  truth: {
    requests: 10,
    leftOut: 0,
    completed: 10,
    notStreamed: 0,
    events: 160,
    peakOpen: 1,
    figures: { requests: 10, outputTokens: 160 },
  },
  unlogged: 0,
  lateness: { events: 160, p50Ms: 0.1, p99Ms: 0.9, maxMs: 20 },
  reported: { requests: 10, outputTokens: 160 },
  notes: [],
}
const codes = (facts: AuditFacts) => auditFindings(facts).map(({ code }) => code)

test('a sound audit has no doubts', () => {
  expect(auditFindings(sound)).toEqual([])
  expect(codes({ ...sound, reported: { ttftP50Ms: 1 } })).toEqual([])
})

test('each doubt is raised by what it is about', () => {
  const { truth, reported, ...rest } = sound
  expect(codes({ ...sound, unlogged: 1 })).toEqual(['truth-incomplete'])
  expect(codes({ ...sound, lateness: { events: 1, p50Ms: 0, p99Ms: 1.01, maxMs: 2 } })).toEqual([
    'server-late',
  ])
  expect(codes({ ...sound, lateness: { events: 0 } })).toEqual([])
  expect(codes({ ...rest, truth })).toEqual(['nothing-reported'])
  expect(codes({ ...sound, truth: { ...truth, requests: 12 } })).toEqual(['not-completed'])
  expect(codes({ ...sound, truth: { ...truth, notStreamed: 1 } })).toEqual(['not-streamed'])
  expect(codes({ ...sound, reported: { ...reported, requests: 9 } })).toEqual(['requests-differ'])
  expect(codes({ ...sound, reported: { ...reported, outputTokens: 161 } })).toEqual(['tokens-differ'])
  expect(codes({ ...sound, notes: ['x'] })).toEqual(['definition'])
})

test('the gravest come first, with their numbers', () => {
  const found = auditFindings({
    ...sound,
    unlogged: 2000,
    lateness: { events: 9, p50Ms: 1, p99Ms: 6.5, maxMs: 20 },
    reported: { requests: 9 },
  })
  expect(found.map(({ severity }) => severity)).toEqual(['invalid', 'warning', 'warning'])
  expect(found[0]?.message).toContain('2,000 events are missing')
  expect(found[1]?.message).toContain('6.50 ms (p99)')
  expect(found[2]?.message).toContain('completed 10 requests, the tool reports 9')
})

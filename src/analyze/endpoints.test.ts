import { expect, test } from 'vitest'
import { failed, record, run, runData } from '../../test/builders.ts'
import { endpointsOf } from './endpoints.ts'

const window = { startNs: 0, endNs: 2e9 }

test('each endpoint by itself, of the measured phase alone', () => {
  const target = { ...run().target, urls: ['http://a:1', 'http://b:1'] }
  const records = [
    record({ endpoint: 0, sent: 0, at: [10, 12], end: 13, output: 2 }),
    record({ endpoint: 0, sent: 0, at: [20, 24], end: 25, output: 2 }),
    record({ endpoint: 1, sent: 0, at: [40, 45], end: 46, output: 8 }),
    record({ endpoint: 1, sent: 0, outcome: failed('reset') }),
    record({ endpoint: 1, phase: 0, sent: 0, at: [99], end: 100, output: 9 }),
  ]
  expect(endpointsOf({ data: runData(records, { target }), window })).toEqual([
    {
      run: 'run-0',
      url: 'http://a:1',
      requests: 2,
      completed: 2,
      ttftP50Ms: 15,
      itlP50Ms: 3,
      outputTokensPerSecond: 2,
    },
    {
      run: 'run-0',
      url: 'http://b:1',
      requests: 2,
      completed: 1,
      ttftP50Ms: 40,
      itlP50Ms: 5,
      outputTokensPerSecond: 4,
    },
  ])
})

test('a target with one endpoint has no such results', () => {
  expect(endpointsOf({ data: runData([record({ sent: 0, at: [1], end: 2 })]), window })).toEqual([])
})

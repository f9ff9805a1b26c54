import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, failed, record } from '../../test/builders.ts'
import type { RequestRecord } from '../model/record.ts'
import { ledgerNs, ledgerSteps, ledgerTotal, stepNames, stepNs } from './ledger.ts'

/** The steps that took place, in ms. */
function ledger(of: RequestRecord): Record<string, number> {
  return Object.fromEntries(
    stepNames.flatMap((name) => {
      const ns = stepNs(of, name)
      return ns === undefined ? [] : [[name, ns / 1e6]]
    }),
  )
}

/** A record with the instants builders do not make (ms). */
function story(
  init: Parameters<typeof record>[0],
  more: { readonly written?: number; readonly headers?: number } = {},
): RequestRecord {
  return {
    ...record(init),
    ...(more.written === undefined ? {} : { writtenNs: more.written * 1e6 }),
    ...(more.headers === undefined ? {} : { headersNs: more.headers * 1e6 }),
  }
}

const open = {
  intended: 90,
  dispatched: 95,
  connected: 98,
  sent: 100,
  at: [150, 160, 190],
  end: 200,
} as const

test('the steps follow each other from the planned instant to the end', () => {
  const of = story(open, { written: 101, headers: 140 })
  expect(ledger(of)).toEqual({
    'client-wait': 5,
    connect: 3,
    send: 3,
    headers: 39,
    'first-token': 10,
    decode: 40,
    tail: 10,
  })
  expect(ledgerNs(of)).toBe(110e6)
})

test('a closed loop on a reused connection begins with sending, which holds the wait before it', () => {
  const of = story({ dispatched: 95, sent: 100, at: [150, 190], end: 200 }, { written: 101, headers: 140 })
  expect(ledger(of)).toEqual({ send: 6, headers: 39, 'first-token': 10, decode: 40, tail: 10 })
  expect(ledgerNs(of)).toBe(105e6)
})

test('the time of a step that nobody stamped is in the next one', () => {
  expect(ledger(story(open))).toEqual({
    'client-wait': 5,
    connect: 3,
    send: 2,
    'first-token': 50,
    decode: 40,
    tail: 10,
  })
})

test.each([
  ['no events', [], { send: 1, headers: 39, tail: 60 }],
  ['one event', [150], { send: 1, headers: 39, 'first-token': 10, tail: 50 }],
  ['two events of one read', [150, 150], { send: 1, headers: 39, 'first-token': 10, decode: 0, tail: 50 }],
] as const)('a reply with %s has the steps that took place', (_, at, steps) => {
  const of = story({ dispatched: 100, sent: 100, at, end: 200 }, { written: 101, headers: 140 })
  expect(ledger(of)).toEqual(steps)
})

test('a reply that overtakes the end of sending ends it', () => {
  const of = story({ dispatched: 100, sent: 101, at: [150, 190], end: 200 }, { written: 160, headers: 140 })
  expect(ledger(of)).toEqual({ send: 40, headers: 0, 'first-token': 10, decode: 40, tail: 10 })
})

test('failed, cut and dropped requests have no ledger', () => {
  for (const outcome of [failed('reset'), cut, { kind: 'dropped' } as const]) {
    const of = record({ ...open, outcome })
    expect(ledger(of)).toEqual({})
    expect(ledgerNs(of)).toBeUndefined()
  }
})

test('each step and the total are a metric in ms', () => {
  const of = story(open, { written: 101, headers: 140 })
  const values = [...ledgerSteps, ledgerTotal].map((metric) => {
    const into: number[] = []
    metric.collect(of, 'sent', into)
    return [metric.id, ...into]
  })
  expect(values).toEqual([
    ['ledger-client-wait', 5],
    ['ledger-connect', 3],
    ['ledger-send', 3],
    ['ledger-headers', 39],
    ['ledger-first-token', 10],
    ['ledger-decode', 40],
    ['ledger-tail', 10],
    ['ledger-end-to-end', 110],
  ])
})

const instant = fc.integer({ min: 0, max: 3600e9 })
const maybe = fc.option(instant, { nil: undefined })

/** Any instants, in order or not, any of them absent, with an end that is not before the start. */
const anyRecord = fc
  .record({
    intendedNs: maybe,
    dispatchedNs: instant,
    connectedNs: maybe,
    sentNs: maybe,
    writtenNs: maybe,
    headersNs: maybe,
    endNs: instant,
    atNs: fc.array(instant, { maxLength: 4 }),
  })
  .map(({ atNs, endNs, ...instants }): RequestRecord => {
    const startNs = instants.intendedNs ?? instants.dispatchedNs
    const known = Object.entries(instants).filter(([, value]) => value !== undefined)
    return {
      ...record(),
      ...Object.fromEntries(known),
      endNs: Math.max(endNs, startNs),
      events: {
        atNs: Float64Array.from(atNs).sort(),
        tokens: new Uint16Array(atNs.length).fill(1),
        flags: new Uint8Array(atNs.length).fill(1),
      },
    }
  })

test('whatever instants are there and in whatever order, the sum is exact and no step is negative', () => {
  fc.assert(
    fc.property(anyRecord, (of) => {
      const taken = stepNames.map((name) => stepNs(of, name)).filter((ns) => ns !== undefined)
      expect(taken.every((ns) => Number.isInteger(ns) && ns >= 0)).toBe(true)
      expect(taken.reduce((sum, ns) => sum + ns, 0)).toBe(ledgerNs(of))
    }),
  )
})

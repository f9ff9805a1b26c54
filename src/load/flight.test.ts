import { expect, test } from 'vitest'
import { eventFlags } from '../model/record.ts'
import type { RecordBlock, RequestDetail } from '../model/record-block.ts'
import { Flight } from './flight.ts'
import { Recorder } from './recorder.ts'

const ms = 1e6
const word = Buffer.from('a')

/** What a flight leaves in the journal, and what it told its worker, after `story`. */
async function flown(story: (flight: Flight) => void) {
  const blocks: RecordBlock[] = []
  const told: string[] = []
  const recorder = new Recorder({
    sink: { append: async (added) => void blocks.push(...structuredClone(added)), close: async () => {} },
    worker: 0,
    capture: 'none',
    onFailure(error) {
      throw error
    },
  })
  const flight = new Flight({
    index: 5,
    phase: 1,
    user: undefined,
    intendedNs: undefined,
    dispatchedNs: 0,
    recorder,
    listener: {
      arrived() {},
      firstToken: (_, atNs) => void told.push(`first ${atNs / ms}`),
      nextToken: (gapNs, isShared) =>
        void told.push(`${gapNs === undefined ? 'next' : `gap ${gapNs / ms}`}${isShared ? ', shared' : ''}`),
      tokens() {},
      ended: (_, outcome) => void told.push(outcome),
    },
    secrets: [],
  })
  story(flight)
  await recorder.close()
  const [block] = blocks
  if (block === undefined) throw new Error('nothing was recorded')
  const detail = JSON.parse(block.requests.details[0] || '{}') as RequestDetail
  return { events: block.events, detail, told }
}

function event(flight: Flight, atMs: number): void {
  flight.arrived(atMs * ms, 1)
  flight.event(eventFlags.content, 1, word, 0, 1)
}

test('events and finish reasons belong to the prompt named last, gaps to one prompt', async () => {
  const { events, detail, told } = await flown((flight) => {
    event(flight, 10)
    flight.prompt(1)
    event(flight, 14)
    flight.prompt(0)
    event(flight, 30)
    flight.finish('length')
    flight.prompt(2)
    event(flight, 31)
    flight.finish('stop')
    flight.ended(40 * ms)
  })
  expect([...events.prompt]).toEqual([0, 1, 0, 2])
  expect(told).toEqual(['first 10', 'next', 'gap 20', 'next', 'completed'])
  expect(detail).toEqual({ finishReasons: ['length', null, 'stop'] })
})

test('one prompt is prompt 0, named or not, and has one finish reason', async () => {
  const { events, detail } = await flown((flight) => {
    flight.prompt(0)
    event(flight, 10)
    event(flight, 12)
    flight.finish('stop')
    flight.ended(13 * ms)
  })
  expect([...events.prompt]).toEqual([0, 0])
  expect(detail).toEqual({ finishReason: 'stop' })
})

test('a finish reason given before the second prompt was named is the first one’s', async () => {
  const { detail } = await flown((flight) => {
    event(flight, 10)
    flight.finish('stop')
    flight.prompt(1)
    event(flight, 12)
    flight.ended(13 * ms)
  })
  expect(detail).toEqual({ finishReasons: ['stop'] })
})

test('events of two prompts in one read are coalesced', async () => {
  const { events, told } = await flown((flight) => {
    event(flight, 10)
    flight.prompt(1)
    flight.event(eventFlags.content, 1, word, 0, 1)
    flight.ended(13 * ms)
  })
  const { content, coalesced } = eventFlags
  expect([...events.flags]).toEqual([content, content | coalesced])
  expect(told).toEqual(['first 10', 'next, shared', 'completed'])
})

test.each([-1, 1.5, 65_536, Number.NaN])('a reply to prompt %d is malformed', async (index) => {
  const { events, detail, told } = await flown((flight) => {
    flight.prompt(index)
    event(flight, 10)
    flight.ended(13 * ms)
  })
  expect([...events.prompt]).toEqual([0])
  expect(detail.message).toBe(`The server answers prompt ${index}, and there is no such prompt.`)
  expect(told.at(-1)).toBe('failed')
})

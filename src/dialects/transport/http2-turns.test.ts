import { expect, test } from 'vitest'
import type { Clock } from '../../model/clock.ts'
import { Turns } from './http2-turns.ts'

/** A clock on which every look takes 90 µs. */
function slowClock(): Clock {
  let nowNs = 0
  return {
    epochMonotonicNs: '0',
    now() {
      nowNs += 90_000
      return nowNs
    },
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a turn of the event loop takes what fits into 0.2 ms, and later ones the rest, in order', async () => {
  const turns = new Turns(slowClock())
  const sent: number[] = []
  for (let i = 0; i < 10; i++) turns.add(() => sent.push(i))
  const after: number[] = [sent.length]
  for (let i = 0; i < 4; i++) {
    await turn()
    after.push(sent.length)
  }
  expect(after).toEqual([3, 6, 9, 10, 10])
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('what comes while others wait goes after them', async () => {
  const turns = new Turns(slowClock())
  const sent: number[] = []
  for (let i = 0; i < 4; i++) turns.add(() => sent.push(i))
  await turn()
  turns.add(() => sent.push(4))
  await turn()
  await turn()
  expect(sent).toEqual([0, 1, 2, 3, 4])
})

import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { ReadQueue } from './read-queue.ts'

const text = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1')
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what is read keeps its stamp and its order, whatever happens to the buffer it came in', async () => {
  const queue = new ReadQueue(new VirtualTime())
  const said: string[] = []
  const reader = (name: string) => ({
    take: (bytes: Uint8Array, start: number, end: number, atNs: number) =>
      void said.push(`${name} ${atNs} ${text(bytes, start, end)}`),
  })
  const buffer = new Uint8Array(16)
  for (const [at, [name, piece]] of [
    ['a', 'one'],
    ['b', 'two'],
    ['a', 'three'],
  ].entries()) {
    buffer.set(Buffer.from(piece ?? ''))
    queue.add(reader(name ?? ''), buffer, (piece ?? '').length, at)
    buffer.fill(0)
  }
  expect(said).toEqual([])
  await turn()
  expect(said).toEqual(['a 0 one', 'b 1 two', 'a 2 three'])
  queue.add(reader('c'), Buffer.from('four'), 4, 3)
  queue.settle()
  expect(said.at(-1)).toBe('c 3 four')
  await turn()
  expect(said).toHaveLength(4)
})

test('reads beyond its room make room for themselves, and a reader may end a connection meanwhile', async () => {
  const queue = new ReadQueue(new VirtualTime())
  let bytes = 0
  const reader = {
    take: (_: Uint8Array, start: number, end: number) => {
      bytes += end - start
      queue.settle()
    },
  }
  const large = new Uint8Array(64 * 1024)
  for (let i = 0; i < 40; i++) queue.add(reader, large, large.length, i)
  await turn()
  expect(bytes).toBe(40 * large.length)
})

test('a long queue is parsed in several turns, so that sockets are read in between', async () => {
  let nowNs = 0
  const queue = new ReadQueue({ epochMonotonicNs: '0', now: () => nowNs })
  let taken = 0
  // Each takes 0.1 ms: a turn may spend 0.3 ms and looks at the clock after eight.
  const slow = {
    take: () => {
      taken++
      nowNs += 100_000
    },
  }
  for (let i = 0; i < 20; i++) queue.add(slow, new Uint8Array(1), 1, i)
  const seen: number[] = []
  while (taken < 20) {
    await turn()
    seen.push(taken)
  }
  expect(seen).toEqual([8, 16, 20])
})

import { expect, test } from 'vitest'
import { makeSlots } from './slots.ts'

const first = () => undefined
const never = new AbortController().signal

test('places are given at once while there are some, then in the order of asking', async () => {
  const slots = makeSlots(['a', 'b'])
  expect(await slots.acquire(first, never)).toBe('a')
  expect(await slots.acquire(first, never)).toBe('b')
  const given: string[] = []
  const third = slots.acquire(first, never).then((place) => given.push(`third ${place}`))
  const fourth = slots.acquire(first, never).then((place) => given.push(`fourth ${place}`))
  expect([slots.running, slots.waiting]).toEqual([2, 2])
  slots.release('b')
  slots.release('a')
  await Promise.all([third, fourth])
  expect(given).toEqual(['third b', 'fourth a'])
  expect([slots.running, slots.waiting]).toEqual([2, 0])
})

test('who leaves the line gets nothing and holds nobody up', async () => {
  const slots = makeSlots(['a'])
  await slots.acquire(first, never)
  const leaving = new AbortController()
  const gone = slots.acquire(first, leaving.signal)
  const next = slots.acquire(first, never)
  leaving.abort()
  expect(await gone).toBeUndefined()
  expect(slots.waiting).toBe(1)
  slots.release('a')
  expect(await next).toBe('a')
})

test('who had left before asking gets nothing', async () => {
  const slots = makeSlots(['a'])
  expect(await slots.acquire(first, AbortSignal.abort())).toBeUndefined()
  expect(slots.running).toBe(0)
})

test('of several free places the preferred one is given', async () => {
  const slots = makeSlots(['a', 'b', 'c'])
  expect(await slots.acquire((free) => free[1], never)).toBe('b')
  expect(await slots.acquire(first, never)).toBe('a')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueHeap } from './due-heap.ts'

test('an empty heap gives nothing', () => {
  const heap = new DueHeap<string>()
  expect([heap.size, heap.nextNs, heap.pop()]).toEqual([0, undefined, undefined])
})

test('whatever is pushed and popped, the earliest of what is inside comes out', () => {
  const steps = fc.array(fc.oneof(fc.constant('pop' as const), fc.integer({ min: 0, max: 30 })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new DueHeap<number>()
      const inside: number[] = []
      for (const step of all) {
        if (step === 'pop') {
          inside.sort((a, b) => a - b)
          expect(heap.pop()).toBe(inside.shift())
        } else {
          heap.push(step, step)
          inside.push(step)
        }
        expect(heap.size).toBe(inside.length)
        expect(heap.nextNs).toBe(inside.length === 0 ? undefined : Math.min(...inside))
      }
    }),
  )
})

test('every item that went in comes out once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), (dues) => {
      const heap = new DueHeap<number>()
      dues.forEach((due, item) => {
        heap.push(due, item)
      })
      const out = dues.map(() => heap.pop())
      expect(out.toSorted((a, b) => Number(a) - Number(b))).toEqual(dues.map((_, item) => item))
    }),
  )
})

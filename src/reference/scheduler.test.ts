import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scheduler } from './scheduler.ts'

const NS_PER_MS = 1e6
const pollNs = 5_000

/** Time that moves only as timers and polls pass. */
function virtual() {
  let nowNs = 0
  const timers: { atNs: number; run: () => void }[] = []
  const soon: (() => void)[] = []
  const seen = { timers: [] as number[], polls: 0 }
  const scheduler = new Scheduler(
    { epochMonotonicNs: '0', now: () => nowNs },
    {
      after(ms, run) {
        seen.timers.push(ms)
        const timer = { atNs: nowNs + ms * NS_PER_MS, run }
        timers.push(timer)
        return () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
        }
      },
      soon: (run) => void soon.push(run),
    },
  )
  return {
    scheduler,
    seen,
    now: () => nowNs,
    waiting: () => timers.length + soon.length,
    /** Lets the loop turn until nothing waits. */
    drain() {
      for (;;) {
        const poll = soon.shift()
        const timer = timers.toSorted((a, b) => a.atNs - b.atNs)[0]
        if (poll !== undefined) {
          seen.polls++
          nowNs += pollNs
          poll()
        } else if (timer !== undefined) {
          timers.splice(timers.indexOf(timer), 1)
          nowNs = Math.max(nowNs, timer.atNs)
          timer.run()
        } else return
      }
    },
  }
}

test('sleeps until 2 ms before an instant, then polls, and fires it within one poll', () => {
  const { scheduler, seen, drain, now } = virtual()
  const fired: number[] = []
  scheduler.at(50 * NS_PER_MS, { fire: () => void fired.push(now()) })
  drain()
  expect(seen.timers).toEqual([48])
  expect(seen.polls).toBe((2 * NS_PER_MS) / pollNs)
  expect(fired).toEqual([50 * NS_PER_MS])
})

test('an item that names its next instant fires there, on the absolute schedule', () => {
  const { scheduler, drain, now } = virtual()
  const fired: number[] = []
  const due = [10, 20, 30].map((ms) => ms * NS_PER_MS)
  scheduler.at(due[0] ?? 0, { fire: () => due[fired.push(now())] })
  drain()
  expect(fired).toEqual(due)
})

test('an earlier instant that comes later shortens the sleep', () => {
  const { scheduler, drain, now, seen } = virtual()
  const fired: [string, number][] = []
  scheduler.at(100 * NS_PER_MS, { fire: () => void fired.push(['late', now()]) })
  scheduler.at(10 * NS_PER_MS, { fire: () => void fired.push(['early', now()]) })
  drain()
  expect(fired).toEqual([
    ['early', 10 * NS_PER_MS],
    ['late', 100 * NS_PER_MS],
  ])
  expect(seen.timers.slice(0, 2)).toEqual([98, 8])
})

test('what is overdue fires in turns, so that sockets are read in between', () => {
  const { scheduler, drain, seen } = virtual()
  let left = 100
  scheduler.at(0, { fire: () => (--left > 0 ? 0 : undefined) })
  drain()
  expect(left).toBe(0)
  expect(seen.polls).toBe(4)
})

test('an item added while another fires is fired too', () => {
  const { scheduler, drain, now, waiting } = virtual()
  const fired: number[] = []
  scheduler.at(NS_PER_MS, {
    fire: () => scheduler.at(5 * NS_PER_MS, { fire: () => void fired.push(now()) }) ?? undefined,
  })
  drain()
  expect(fired).toEqual([5 * NS_PER_MS])
  expect(waiting()).toBe(0)
})

test('whatever the instants, items fire in their order, never early, and at most one poll late', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { maxLength: 20 }), (dueUs) => {
      const { scheduler, drain, now } = virtual()
      const fired: number[] = []
      for (const us of dueUs) {
        scheduler.at(us * 1000, {
          fire() {
            expect(now()).toBeGreaterThanOrEqual(us * 1000)
            expect(now() - us * 1000).toBeLessThanOrEqual(pollNs)
            fired.push(us)
          },
        })
      }
      drain()
      expect(fired).toEqual(dueUs.toSorted((a, b) => a - b))
    }),
  )
})

test('after stop nothing fires and nothing waits', () => {
  const { scheduler, drain, waiting } = virtual()
  let fired = 0
  const item = { fire: () => void fired++ }
  scheduler.at(50 * NS_PER_MS, item)
  scheduler.stop()
  scheduler.at(NS_PER_MS, item)
  expect(waiting()).toBe(0)
  drain()
  expect(fired).toBe(0)
})

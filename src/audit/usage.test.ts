import { expect, test } from 'vitest'
import type { ProcFiles } from './process-tree.ts'
import { cpuAt, UsageWatch } from './usage.ts'

test('CPU at an instant lies on the line between the readings around it', () => {
  const readings = [
    { atNs: 100, cpuS: 1 },
    { atNs: 200, cpuS: 3 },
    { atNs: 300, cpuS: 3.5 },
  ]
  expect(cpuAt(readings, 150)).toBe(2)
  expect(cpuAt(readings, 200)).toBe(3)
  expect(cpuAt(readings, 50)).toBeUndefined()
  expect(cpuAt(readings, 400)).toBeUndefined()
  expect(cpuAt(readings, undefined)).toBeUndefined()
  expect(cpuAt([], 1)).toBeUndefined()
})

/** One process, 42, whose state and whose parent's the test sets. */
function host() {
  const state = { ownTicks: 0, waitedTicks: 0, peakKb: 0, nowKb: 0, alive: true, nowNs: 0 }
  const stat = (own: number, children: number) => `1 (x) S 1 1 42 0 -1 0 1 2 3 4 ${own} 0 ${children} 0 20 0`
  const files: ProcFiles = {
    pids: () => (state.alive ? [42] : []),
    read(path) {
      if (path === 'self/stat') return stat(0, state.waitedTicks)
      if (!state.alive) return undefined
      if (path === '42/stat') return stat(state.ownTicks, 0)
      return `VmHWM:\t${state.peakKb} kB\nVmRSS:\t${state.nowKb} kB\n`
    },
  }
  return { state, files, clock: { epochMonotonicNs: '0', now: () => state.nowNs } }
}

test('what a command used is the kernel’s sum when it was waited for', () => {
  const { state, files, clock } = host()
  state.waitedTicks = 1000
  const watch = new UsageWatch(files, clock)
  Object.assign(state, { ownTicks: 10, peakKb: 100, nowKb: 90 })
  watch.follow(42)
  Object.assign(state, { nowNs: 100, ownTicks: 30, peakKb: 200, nowKb: 50 })
  watch.read()
  Object.assign(state, { alive: false, waitedTicks: 1045 })
  watch.close()
  // Somebody else's child, waited for later.
  state.waitedTicks = 2000
  watch.close()
  expect(watch.usage(50)).toEqual({
    cpuS: expect.closeTo(0.45, 9),
    cpuBeforeFirstRequestS: 0.2,
    peakRssBytes: 200 * 1024,
    peakTreeRssBytes: 90 * 1024,
    processes: 1,
  })
})

test('the last reading counts when nobody waited for what used the CPU', () => {
  const { state, files, clock } = host()
  const watch = new UsageWatch(files, clock)
  state.ownTicks = 70
  watch.follow(42)
  Object.assign(state, { alive: false, waitedTicks: 3 })
  watch.close()
  expect(watch.usage(undefined).cpuS).toBe(0.7)
})

test('without /proc nothing is known', () => {
  const files: ProcFiles = { pids: () => [], read: () => undefined }
  const watch = new UsageWatch(files, { epochMonotonicNs: '0', now: () => 0 })
  watch.follow(42)
  watch.close()
  expect(watch.usage(0)).toEqual({})
})

import { expect, test } from 'vitest'
import { endedChildrenCpuS, type ProcFiles, readTree } from './process-tree.ts'

interface Fake {
  readonly parent: number
  readonly session: number
  /** user, system, and those of ended children, in ticks of 10 ms. */
  readonly ticks: readonly [number, number, number, number]
  readonly kb?: readonly [peak: number, now: number]
  readonly name?: string
}

function proc(processes: Readonly<Record<string, Fake>>): ProcFiles {
  return {
    pids: () => Object.keys(processes).map(Number).filter(Number.isInteger),
    read(path) {
      const [pid = '', file] = path.split('/')
      const fake = processes[pid]
      if (fake === undefined) return undefined
      const { parent, session, ticks, kb, name = 'x' } = fake
      if (file === 'stat') {
        return `${pid} (${name}) S ${parent} 7 ${session} 0 -1 4194304 1 2 3 4 ${ticks.join(' ')} 20 0 1\n`
      }
      return kb === undefined ? 'Name:\tx\n' : `Name:\tx\nVmHWM:\t  ${kb[0]} kB\nVmRSS:\t  ${kb[1]} kB\n`
    },
  }
}

test('a tree is the process, its descendants, and whoever is left in its session', () => {
  const files = proc({
    1: { parent: 0, session: 1, ticks: [900, 0, 0, 0], kb: [9, 9] },
    10: { parent: 1, session: 10, ticks: [100, 20, 3, 1], kb: [500, 400], name: 'a) S 1 (b' },
    11: { parent: 10, session: 10, ticks: [5, 0, 0, 0], kb: [700, 600] },
    // A session of its own below it, and an orphan of its session.
    12: { parent: 11, session: 12, ticks: [7, 0, 0, 0], kb: [1, 1] },
    13: { parent: 1, session: 10, ticks: [0, 0, 0, 4], kb: [2, 2] },
    20: { parent: 1, session: 20, ticks: [50, 0, 0, 0], kb: [8, 8] },
  })
  expect(readTree(files, 10)).toEqual({
    processes: 4,
    cpuS: 1.4,
    peakRssBytes: 700 * 1024,
    treeRssBytes: 1003 * 1024,
  })
})

test('nothing is left of a tree that has gone, and nothing is known without /proc', () => {
  expect(readTree(proc({ 1: { parent: 0, session: 1, ticks: [1, 1, 1, 1] } }), 10)).toBeUndefined()
  expect(readTree(proc({}), 10)).toBeUndefined()
  expect(endedChildrenCpuS(proc({}))).toBeUndefined()
})

test('a zombie has CPU but no memory', () => {
  const files = proc({ 10: { parent: 1, session: 10, ticks: [3, 0, 0, 0] } })
  expect(readTree(files, 10)).toEqual({ processes: 1, cpuS: 0.03, peakRssBytes: 0, treeRssBytes: 0 })
})

test('the CPU of ended children is that of this process’s own', () => {
  expect(endedChildrenCpuS(proc({ self: { parent: 1, session: 1, ticks: [500, 500, 30, 12] } }))).toBe(0.42)
})

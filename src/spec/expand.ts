import type { Cell, Study } from '../model/study.ts'

/** The cells of a study in running order. Every second repeat runs the targets backwards (A B B A), so that a drift
 * of the machine hits all of them alike. */
export function expand(study: Study): Cell[] {
  const cells: Cell[] = []
  for (const workload of study.workloads) {
    for (const load of study.loads) {
      for (let repeat = 0; repeat < study.repeats; repeat++) {
        const targets = repeat % 2 === 0 ? study.targets : [...study.targets].reverse()
        for (const target of targets) cells.push({ target, workload, load, repeat })
      }
    }
  }
  return cells
}

import { type Entry, isFields } from './fields.ts'
import { loadConflicts } from './load-conflicts.ts'
import { type Mistake, valueAt } from './mistakes.ts'
import { targetConflicts } from './target-conflicts.ts'
import type { Words } from './words.ts'
import { workloadConflicts } from './workload-conflicts.ts'

const lists = ['targets', 'workloads', 'loads'] as const
const rules = {
  targets: targetConflicts,
  workloads: workloadConflicts,
  loads: loadConflicts,
}

/** Mistakes between keys that are each well formed. Looks at the study as written, so that all show at once. */
export function conflicts(study: unknown, words: Words): Mistake[] {
  return lists.flatMap((list) => {
    const entries = entriesOf(study, list, words)
    return [...entries.flatMap(rules[list]), ...repeatedNames(list, entries)]
  })
}

function entriesOf(study: unknown, list: string, words: Words): Entry[] {
  const entries = valueAt(study, [list])
  if (!Array.isArray(entries)) return []
  return entries.flatMap((fields: unknown, i) =>
    isFields(fields) ? [{ path: [list, i], fields, words }] : [],
  )
}

function repeatedNames(list: string, entries: readonly Entry[]): Mistake[] {
  const firsts = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const { name } = entry.fields
    if (typeof name !== 'string') return []
    const first = firsts.get(name)
    if (first === undefined) {
      firsts.set(name, entry)
      return []
    }
    return [
      {
        path: [...entry.path, 'name'],
        message: `two ${list} are called ${JSON.stringify(name)}.`,
        hint: `Give each its own name; the other one is ${entry.words.value(first.path)}.`,
      },
    ]
  })
}

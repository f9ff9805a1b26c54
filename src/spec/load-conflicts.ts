import { at, type Entry, given, named, needs } from './fields.ts'
import { listed, type Mistake } from './mistakes.ts'

/** The four ways to load a target; a load has exactly one of them. */
export const loadKinds = ['concurrency', 'users', 'rate', 'burst'] as const

/** Mistakes between the keys of a load. */
export function loadConflicts(entry: Entry): Mistake[] {
  const kinds = given(entry, loadKinds)
  const name = (key: string) => named(entry, key)
  const [first, second] = kinds
  return [
    ...(first === undefined
      ? [
          {
            path: entry.path,
            message: `a load needs one of ${listed(loadKinds.map(name))}.`,
            hint: `For example: ${entry.words.example([...entry.path, 'concurrency'], 8) ?? ''}`,
          },
        ]
      : []),
    ...(second === undefined
      ? []
      : [
          at(
            entry,
            second,
            `${listed(kinds.map(name), 'and')} are different loads.`,
            entry.words.kind === 'file'
              ? 'Keep one here; a study may list several loads.'
              : 'Keep one of them; a study file may list several loads.',
          ),
        ]),
    ...needs(entry, 'ramp', 'users'),
    ...needs(entry, 'arrivals', 'rate'),
    ...(first === 'burst' ? burstConflicts(entry) : []),
  ]
}

function burstConflicts(entry: Entry): Mistake[] {
  const burst = named(entry, 'burst')
  return given(entry, ['requests', 'duration', 'warmup']).map((key) => {
    const name = named(entry, key)
    const why =
      key === 'requests'
        ? `${burst} says how many requests there are: ${name} does not go with it.`
        : `a burst is sent at one instant: ${name} does not go with it.`
    return at(entry, key, why, `Leave ${name} out.`)
  })
}

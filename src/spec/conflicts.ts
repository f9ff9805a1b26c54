import type { Mistake } from './mistakes.ts'

type Fields = Readonly<Record<string, unknown>>

/** The four ways to load a target; a load has exactly one of them. */
export const loadKinds = ['concurrency', 'users', 'rate', 'burst'] as const

/** Mistakes between keys that are each well formed. Looks at the study as written, so that all show at once. */
export function conflicts(study: unknown): Mistake[] {
  if (!isFields(study)) return []
  return [
    ...listOf(study, 'targets').flatMap(([path, target]) => targetConflicts(path, target)),
    ...listOf(study, 'workloads').flatMap(([path, workload]) => workloadConflicts(path, workload)),
    ...listOf(study, 'loads').flatMap(([path, load]) => loadConflicts(path, load)),
    ...['targets', 'workloads', 'loads'].flatMap((list) => repeatedNames(list, listOf(study, list))),
  ]
}

type Path = Mistake['path']

function targetConflicts(path: Path, target: Fields): Mistake[] {
  const given = ['engine', 'url', 'urls'].filter((key) => target[key] !== undefined)
  const [, second] = given
  return [
    ...(given.length === 0
      ? [
          {
            path,
            message: 'a target needs one of engine, url and urls.',
            hint: 'For a running server: url: http://127.0.0.1:8000',
          },
        ]
      : []),
    ...(second === undefined
      ? []
      : [
          {
            path: [...path, second],
            message: `a target has only one of ${given.join(' and ')}.`,
            hint: 'Keep one; several servers are several targets, or one with urls.',
          },
        ]),
    ...needs(path, target, 'options', 'engine'),
  ]
}

function workloadConflicts(path: Path, workload: Fields): Mistake[] {
  const source = workload.source ?? 'synthetic'
  return [
    ...(source === 'jsonl' && workload.path === undefined
      ? [
          {
            path,
            message: 'source jsonl needs a path.',
            hint: 'Add path: prompts.jsonl (one JSON object a line).',
          },
        ]
      : []),
    ...(source !== 'jsonl' && workload.path !== undefined
      ? [
          {
            path: [...path, 'path'],
            message: `source ${String(source)} reads no file.`,
            hint: 'Use source: jsonl, or leave path out.',
          },
        ]
      : []),
    ...(source !== 'synthetic' && workload.prompt !== undefined
      ? [
          {
            path: [...path, 'prompt'],
            message: `source ${String(source)} brings its own prompts.`,
            hint: 'Leave prompt out, or use source: synthetic.',
          },
        ]
      : []),
    ...lengthConflicts([...path, 'prompt', 'tokens'], (workload.prompt as Fields | undefined)?.tokens),
    ...lengthConflicts([...path, 'output', 'tokens'], (workload.output as Fields | undefined)?.tokens),
  ]
}

function lengthConflicts(path: Path, length: unknown): Mistake[] {
  if (!isFields(length)) return []
  const { uniform, normal } = length
  const [from, to] = Array.isArray(uniform)
    ? (uniform as unknown[])
    : isFields(normal)
      ? [normal.min ?? 1, normal.max ?? Number.POSITIVE_INFINITY]
      : []
  if (typeof from !== 'number' || typeof to !== 'number' || from <= to) return []
  return [
    { path, message: `the shortest length (${from}) is above the longest (${to}).`, hint: 'Exchange them.' },
  ]
}

function loadConflicts(path: Path, load: Fields): Mistake[] {
  const given = loadKinds.filter((key) => load[key] !== undefined)
  const [first, second] = given
  return [
    ...(first === undefined
      ? [
          {
            path,
            message: `a load needs one of ${loadKinds.join(', ')}.`,
            hint: 'For example: concurrency: 8',
          },
        ]
      : []),
    ...(second === undefined
      ? []
      : [
          {
            path: [...path, second],
            message: `${given.join(' and ')} are different loads.`,
            hint: 'Keep one here; a study may list several loads.',
          },
        ]),
    ...needs(path, load, 'ramp', 'users'),
    ...needs(path, load, 'arrivals', 'rate'),
    ...(load.burst === undefined
      ? []
      : ['duration', 'warmup', 'requests'].flatMap((key) =>
          load[key] === undefined
            ? []
            : [
                {
                  path: [...path, key],
                  message: `a burst is sent at one instant: it has no ${key}.`,
                  hint: `Leave ${key} out; burst is the number of requests.`,
                },
              ],
        )),
  ]
}

function needs(path: Path, fields: Fields, key: string, other: string): Mistake[] {
  if (fields[key] === undefined || fields[other] !== undefined) return []
  return [
    {
      path: [...path, key],
      message: `${key} goes only with ${other}.`,
      hint: `Add ${other}, or leave ${key} out.`,
    },
  ]
}

function repeatedNames(list: string, entries: readonly (readonly [Path, Fields])[]): Mistake[] {
  const seen = new Set<unknown>()
  return entries.flatMap(([path, { name }]) => {
    if (name === undefined || !seen.has(name)) {
      seen.add(name)
      return []
    }
    return [
      {
        path: [...path, 'name'],
        message: `two ${list} are called "${String(name)}".`,
        hint: 'Give each its own name.',
      },
    ]
  })
}

function listOf(study: Fields, key: string): (readonly [Path, Fields])[] {
  const list = study[key]
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown, i) => (isFields(entry) ? [[[key, i], entry] as const] : []))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { promptStyles, type SourceKind } from '../model/workload-source.ts'
import { at, type Entry, type Fields, isFields, named } from './fields.ts'
import { type Mistake, valueAt } from './mistakes.ts'

/** Mistakes between the keys of a workload. */
export function workloadConflicts(entry: Entry): Mistake[] {
  return [
    ...sourceConflicts(entry),
    ...modeConflicts(entry),
    ...lengthPlaces.flatMap((place) => lengthConflicts(entry, place, valueAt(entry.fields, place))),
  ]
}

const files = ['path'] as const
const recorded = ['history', 'thinkTime'] as const
const traces = [...files, 'window', 'timeScale'] as const
const rows = [...files, 'columns'] as const

/** The keys that only some sources take, by source. */
const keysOf: Readonly<Record<SourceKind, readonly string[]>> = {
  synthetic: ['prompt', 'pairs', 'output'],
  'shared-prefix': ['prompt', 'prefix', 'cache', 'salt', 'system', 'output'],
  'synthetic-conversations': ['prompt', 'turns', 'history', 'thinkTime', 'output'],
  ladder: ['prompt', 'steps', 'output'],
  sample: ['output'],
  jsonl: [...rows, 'output'],
  parquet: [...rows, 'output'],
  csv: [...rows, 'output'],
  'hf-folder': [...rows, 'split', 'output'],
  sharegpt: [...files, 'take', 'pick', ...recorded, 'output'],
  conversations: [...files, ...recorded, 'output'],
  tinystories: [...files, 'output'],
  'cnn-dailymail': [...files, 'instruction', 'output'],
  longbench: [...files, 'bands', 'output'],
  'openai-batch': [...files, 'output'],
  bodies: [...files, 'output'],
  mooncake: traces,
  burstgpt: traces,
  'azure-trace': traces,
  bailian: traces,
  'trace-csv': traces,
  frozen: files,
}
const special = [...new Set(Object.values(keysOf).flat())]
/** Keys of what is sent as it stands. */
const asItIs: readonly string[] = ['bodies', 'frozen']

function sourceConflicts(entry: Entry): Mistake[] {
  const { source = 'synthetic' } = entry.fields
  // Of a source that does not exist nothing can be said.
  if (typeof source !== 'string' || !Object.hasOwn(keysOf, source)) return []
  const kind = source as SourceKind
  const found: Mistake[] = []
  if (keysOf[kind].includes('path') && entry.fields.path === undefined) {
    found.push({
      path: entry.path,
      message: `source ${kind} needs a path.`,
      hint: pathHints[kind] ?? `Add path: the file of the ${kind}.`,
    })
  }
  for (const key of special) {
    if (entry.fields[key] === undefined || keysOf[kind].includes(key)) continue
    found.push(...strayKey(entry, kind, key))
  }
  if (asItIs.includes(kind) && entry.fields.sampling !== undefined) {
    const message = `source ${kind} has its own sampling.`
    found.push(at(entry, 'sampling', message, 'Leave sampling out, or change the file.'))
  }
  return [...found, ...styleConflicts(entry, kind), ...prefixConflicts(entry)]
}

const pathHints: Partial<Record<SourceKind, string>> = {
  jsonl: 'Add path: prompts.jsonl (a file with one JSON object a line).',
  'hf-folder': 'Add path: the folder of the data set.',
  frozen: 'Add path: a file that assay workload freeze wrote.',
}

function strayKey(entry: Entry, source: SourceKind, key: string): Mistake[] {
  if (key === 'path') {
    const change = entry.fields.source === undefined ? 'Add source: jsonl' : 'Use source: jsonl'
    return [at(entry, key, `source ${source} reads no file.`, `${change}, or leave path out.`)]
  }
  if (key === 'prompt') {
    const hint = 'Leave prompt out, or use source: synthetic.'
    return [at(entry, key, `source ${source} brings its own prompts.`, hint)]
  }
  if (key === 'output') {
    // The mode is the user's choice for any source but these.
    const { mode } = isFields(entry.fields.output) ? entry.fields.output : {}
    const isMode = mode !== undefined && valueAt(entry.fields, ['output', 'tokens']) === undefined
    return isMode && source !== 'frozen'
      ? []
      : [at(entry, key, `source ${source} has its own output lengths.`, 'Leave output.tokens out.')]
  }
  const others = Object.entries(keysOf).flatMap(([name, keys]) => (keys.includes(key) ? [name] : []))
  const message = `${named(entry, key)} does not go with source ${source}.`
  return [at(entry, key, message, `Leave it out; it belongs to source ${others.join(', ')}.`)]
}

function styleConflicts(entry: Entry, source: SourceKind): Mistake[] {
  const style = valueAt(entry.fields, ['prompt', 'style'])
  if (style === undefined) return []
  const path = [...entry.path, 'prompt', 'style']
  const fitting: readonly unknown[] = stylesOf[source] ?? []
  if (!fitting.includes(style)) {
    const hint = fitting.length === 0 ? 'Leave it out.' : `Use ${fitting.join(' or ')}, or leave it out.`
    return [{ path, message: `source ${source} has no prompts of style ${String(style)}.`, hint }]
  }
  if (style !== 'token-ids' || entry.fields.tokenizer !== undefined) return []
  const hint = 'Add tokenizer: a folder, a GGUF file, or tiktoken:o200k_base.'
  return [{ path, message: 'random token ids need a tokenizer.', hint }]
}

const stylesOf: Partial<Record<SourceKind, readonly string[]>> = {
  synthetic: promptStyles,
  ladder: ['questions', 'words'],
}

/** A hit rate stretches one beginning; of a tree, the parts after a stretched one would be nowhere alike. */
function prefixConflicts(entry: Entry): Mistake[] {
  const { prefix } = entry.fields
  const isRate = valueAt(entry.fields, ['cache', 'hitRate']) !== undefined
  if (!isRate || !Array.isArray(prefix) || prefix.length < 2) return []
  const message = 'a hit rate goes with one shared beginning, not with a tree.'
  return [at(entry, 'cache', message, 'Give prefix as {tokens: N, pool: M}, or use cache: warm.')]
}

/** Modes that need the model's own files. */
const needTokenizer = ['templated', 'token-ids']

function modeConflicts(entry: Entry): Mistake[] {
  const { promptMode, promptsPerRequest, tokenizer } = entry.fields
  const found: Mistake[] = []
  if (needTokenizer.includes(String(promptMode)) && tokenizer === undefined) {
    const message = `promptMode ${String(promptMode)} needs a tokenizer.`
    found.push(
      at(entry, 'promptMode', message, 'Add tokenizer: folder of the model (tokenizer.json and its config).'),
    )
  }
  if (promptMode === 'chat' && typeof promptsPerRequest === 'number' && promptsPerRequest > 1) {
    const message = 'a request carries one chat.'
    found.push(at(entry, 'promptsPerRequest', message, 'Leave it out, or use promptMode: templated.'))
  }
  return found
}

const lengthPlaces = [['prompt', 'tokens'], ['output', 'tokens'], ['turns']] as const

function lengthConflicts(entry: Entry, place: readonly [string, ...string[]], length: unknown): Mistake[] {
  if (!isFields(length)) return []
  const path = [...entry.path, ...place]
  for (const [from, to] of boundsOf(length)) {
    if (typeof from !== 'number' || typeof to !== 'number' || from <= to) continue
    const message = `the shortest length (${from}) is above the longest (${to}).`
    return [{ path, message, hint: 'Exchange the two.' }]
  }
  const [[from, to] = []] = boundsOf(length)
  const mean = isFields(length.normal) ? length.normal.mean : undefined
  if (typeof mean !== 'number' || typeof from !== 'number' || typeof to !== 'number') return []
  if (mean <= 0 || (mean >= from && mean <= to)) return []
  const bounds =
    to === Number.POSITIVE_INFINITY ? `below the shortest length (${from})` : `outside ${from} to ${to}`
  return [
    {
      path,
      message: `the mean (${mean}) lies ${bounds}.`,
      hint: `Give ${named(entry, place[0])} a mean between min and max.`,
    },
  ]
}

/** Shortest and longest length of a distribution; of a histogram, of each bin. */
function boundsOf(length: Fields): (readonly unknown[])[] {
  if (Array.isArray(length.uniform)) return [length.uniform]
  if (Array.isArray(length.histogram)) return length.histogram.filter(Array.isArray)
  return Object.values(length).flatMap((form) =>
    isFields(form) ? [[form.min ?? 1, form.max ?? Number.POSITIVE_INFINITY]] : [],
  )
}

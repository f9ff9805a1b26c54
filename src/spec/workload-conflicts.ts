import { at, type Entry, isFields, named } from './fields.ts'
import { type Mistake, valueAt } from './mistakes.ts'

/** Mistakes between the keys of a workload. */
export function workloadConflicts(entry: Entry): Mistake[] {
  return [
    ...sourceConflicts(entry),
    ...modeConflicts(entry),
    ...['prompt', 'output'].flatMap((side) =>
      lengthConflicts(entry, side, valueAt(entry.fields, [side, 'tokens'])),
    ),
  ]
}

function sourceConflicts(entry: Entry): Mistake[] {
  const { source = 'synthetic', path, prompt } = entry.fields
  const found: Mistake[] = []
  // Of a source that does not exist nothing can be said.
  if (source === 'jsonl' && path === undefined) {
    found.push({
      path: entry.path,
      message: 'source jsonl needs a path.',
      hint: 'Add path: prompts.jsonl (a file with one JSON object a line).',
    })
  }
  if ((source === 'synthetic' || source === 'sample') && path !== undefined) {
    const change = entry.fields.source === undefined ? 'Add source: jsonl' : 'Use source: jsonl'
    found.push(at(entry, 'path', `source ${source} reads no file.`, `${change}, or leave path out.`))
  }
  if ((source === 'jsonl' || source === 'sample') && prompt !== undefined) {
    const hint = 'Leave prompt out, or use source: synthetic.'
    found.push(at(entry, 'prompt', `source ${source} brings its own prompts.`, hint))
  }
  return found
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

function lengthConflicts(entry: Entry, side: string, length: unknown): Mistake[] {
  if (!isFields(length)) return []
  const path = [...entry.path, side, 'tokens']
  const { uniform, normal } = length
  const [from, to] = boundsOf(uniform, normal)
  if (typeof from !== 'number' || typeof to !== 'number') return []
  if (from > to) {
    const message = `the shortest length (${from}) is above the longest (${to}).`
    return [{ path, message, hint: 'Exchange the two.' }]
  }
  const mean = isFields(normal) ? normal.mean : undefined
  if (typeof mean !== 'number' || mean <= 0 || (mean >= from && mean <= to)) return []
  const bounds =
    to === Number.POSITIVE_INFINITY ? `below the shortest length (${from})` : `outside ${from} to ${to}`
  return [
    {
      path,
      message: `the mean (${mean}) lies ${bounds}.`,
      hint: `Give ${named(entry, side)} a mean between min and max.`,
    },
  ]
}

function boundsOf(uniform: unknown, normal: unknown): readonly unknown[] {
  if (Array.isArray(uniform)) return uniform
  return isFields(normal) ? [normal.min ?? 1, normal.max ?? Number.POSITIVE_INFINITY] : []
}

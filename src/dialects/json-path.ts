/** One step into a JSON value: a key, a position in a list, or every item of a list. */
type Step = string | number | '*'[]

const every: '*'[] = ['*']
/** Positions further on are no reply's; also bounds the lists that `nest` makes. */
const maxPosition = 999
const maxSteps = 32

/** Where a value lies in a JSON value, such as `choices[0].text`. */
export interface JsonPath {
  readonly text: string
  readonly steps: readonly Step[]
}

/**
 * Reads a path: keys joined by dots, `[0]` for a position, `[*]` for every item, `["a key"]` for any key; it may begin
 * with `$`. Gives a sentence when it is none.
 */
export function parsePath(text: string): JsonPath | string {
  const steps: Step[] = []
  const part = /\.?([\p{L}\p{N}_$-]+)|\[(\d{1,3})\]|\[(\*)\]|\.?\[("(?:[^"\\]|\\.)*")\]/uy
  const from = /^\$(?=[.[]|$)/.test(text) ? 1 : 0
  let at = from
  while (at < text.length) {
    part.lastIndex = at
    const found = part.exec(text)
    const isOdd = found === null || (at === 0 && found[0].startsWith('.')) || lacksDot(found, at > from)
    const step = isOdd ? undefined : stepOf(found)
    if (step === undefined) return `is not a path from ${JSON.stringify(text.slice(at, at + 20))} on`
    steps.push(step)
    at = part.lastIndex
  }
  if (steps.length === 0) return 'names nothing'
  return steps.length > maxSteps ? `has more than ${maxSteps} steps` : { text, steps }
}

/** `a[0]b`: a key that follows something needs a dot. */
function lacksDot([whole, key]: RegExpExecArray, isLater: boolean): boolean {
  return key !== undefined && isLater && !whole.startsWith('.')
}

function stepOf([, key, position, star, quoted]: RegExpExecArray): Step | undefined {
  if (key !== undefined) return key
  if (position !== undefined) return Number(position)
  if (star !== undefined) return every
  try {
    return JSON.parse(quoted ?? '') as string
  } catch {
    return undefined
  }
}

/** The value at a path; a list of those found when the path has a `[*]`, and `undefined` when there is none. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return walk(value, path.steps, 0)
}

function walk(value: unknown, steps: readonly Step[], from: number): unknown {
  let here = value
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]
    if (here === null || typeof here !== 'object') return undefined
    if (typeof step === 'string') {
      const isThere = !Array.isArray(here) && Object.hasOwn(here, step)
      here = isThere ? (here as Record<string, unknown>)[step] : undefined
    } else if (!Array.isArray(here)) {
      return undefined
    } else if (typeof step === 'number') {
      here = (here as unknown[])[step]
    } else {
      const found = (here as unknown[]).map((item) => walk(item, steps, i + 1))
      return found.every((item) => item === undefined) ? undefined : found
    }
  }
  return here ?? undefined
}

/** `whole` with `value` at a path: the JSON value in which `valueAt` finds it. `[*]` is the first item. */
export function nest(whole: unknown, path: JsonPath, value: unknown): unknown {
  return nestFrom(whole, path.steps, 0, value)
}

function nestFrom(inside: unknown, steps: readonly Step[], from: number, value: unknown): unknown {
  const step = steps[from]
  if (step === undefined) return value
  if (typeof step === 'string') {
    const isFields = inside !== null && typeof inside === 'object' && !Array.isArray(inside)
    const fields = isFields ? (inside as Record<string, unknown>) : {}
    const before = Object.hasOwn(fields, step) ? fields[step] : undefined
    return { ...fields, [step]: nestFrom(before, steps, from + 1, value) }
  }
  const position = typeof step === 'number' ? Math.min(step, maxPosition) : 0
  const items = Array.isArray(inside) ? [...(inside as unknown[])] : []
  while (items.length < position) items.push({})
  items[position] = nestFrom(items[position], steps, from + 1, value)
  return items
}

/** One step of a path: into a key, into an element, or into all elements. */
type Step = string | number | typeof all
const all = Symbol('all')

/** Where a value lies in a JSON document: `choices[0].text`, `outputs[*].text`, `["odd key"].x`; a leading `$` may stand. */
export type JsonPath = readonly Step[]

const stepAt = /\.?([\w-]+)|\[(\d+)\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y

/** Reads a path; gives what is wrong with it as a text instead. */
export function parsePath(text: string): JsonPath | string {
  const steps: Step[] = []
  let at = text.startsWith('$') ? 1 : 0
  if (text.length === 0) return 'it is empty'
  while (at < text.length) {
    stepAt.lastIndex = at
    const found = stepAt.exec(text)
    if (found === null) return `"${text.slice(at)}" is not understood`
    const [whole, key, index, star, quoted] = found
    if (key !== undefined) steps.push(key)
    else if (index !== undefined) steps.push(Number(index))
    else if (star !== undefined) steps.push(all)
    else if (quoted !== undefined) steps.push(JSON.parse(quoted) as string)
    at += whole.length
  }
  return steps
}

/** The value there, `undefined` where there is none; a path with `[*]` gives a list of what is there. */
export function valueAt(value: unknown, path: JsonPath, from = 0): unknown {
  let here = value
  for (let i = from; i < path.length; i++) {
    const step = path[i]
    if (here === null || typeof here !== 'object') return undefined
    if (step === all) {
      if (!Array.isArray(here)) return undefined
      return here.map((one) => valueAt(one, path, i + 1))
    }
    here = Object.hasOwn(here, step as string)
      ? (here as Record<string | number, unknown>)[step as string]
      : undefined
  }
  return here
}

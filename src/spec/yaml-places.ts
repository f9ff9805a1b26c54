import { type Document, isAlias, isCollection, isMap, isNode, isScalar, type Node, type Pair } from 'yaml'
import type { Path } from './schema-nodes.ts'

/** Where something stands in a text: from `start` up to `end`. */
export interface Place {
  readonly start: number
  readonly end: number
  /** False: only what is around it was found. */
  readonly exact: boolean
}

/** Where a path stands: its key and value, or the entry of a list, else the nearest thing above it. */
export function placeOf(document: Document, path: Path): Place {
  let node: unknown = document.contents
  let place: Place = { start: startOf(node) ?? 0, end: endOf(node) ?? 0, exact: path.length === 0 }
  for (const [i, key] of path.entries()) {
    const child = childOf(node, key)
    const start = startOf(child?.at)
    if (child === undefined || start === undefined) return { ...place, exact: false }
    place = { start, end: endOf(child.node) ?? endOf(child.at) ?? start, exact: i === path.length - 1 }
    node = child.node
  }
  return place
}

/** The path of a visited node, from the nodes above it. */
export function pathOf(node: unknown, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, node]
  return chain.flatMap((parent, i): Path => {
    const child = chain[i + 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => item === child)
      return pair === undefined ? [] : [keyOf(pair)]
    }
    const index = isCollection(parent) ? (parent.items as unknown[]).indexOf(child) : -1
    return index < 0 ? [] : [index]
  })
}

/** `at` is what is pointed to: the key in a mapping, the entry in a list. */
function childOf(
  node: unknown,
  key: string | number,
): { readonly at: unknown; readonly node: unknown } | undefined {
  if (isMap(node)) {
    // Of a key that stands twice the last one counts, as in `toJS`.
    const pair = node.items.findLast((item) => keyOf(item) === String(key))
    return pair === undefined ? undefined : { at: pair.key, node: pair.value }
  }
  if (isCollection(node) && typeof key === 'number') {
    const entry: unknown = node.items[key]
    return entry === undefined ? undefined : { at: entry, node: entry }
  }
  return undefined
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
}

function rangeOf(node: unknown): Node['range'] {
  return isNode(node) || isAlias(node) ? node.range : undefined
}

function startOf(node: unknown): number | undefined {
  return rangeOf(node)?.[0]
}

function endOf(node: unknown): number | undefined {
  return rangeOf(node)?.[1]
}

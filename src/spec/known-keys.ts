import type { KnownKeys } from './mistakes.ts'
import { jsonSchema } from './schema.ts'

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
}

/** Looks allowed keys up in the JSON Schema of a study, unions included. */
export const knownKeys: KnownKeys = (path) => {
  let nodes: readonly Node[] = [jsonSchema() as Node]
  for (const key of path) {
    nodes = nodes.flatMap((node) => {
      const next = typeof key === 'number' ? node.items : node.properties?.[key]
      return next === undefined ? [] : [next, ...(next.anyOf ?? [])]
    })
  }
  return nodes.flatMap((node) => Object.keys(node.properties ?? {}))
}

export type { Node as SchemaNode }

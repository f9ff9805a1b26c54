import { jsonSchema } from './schema.ts'

/** Keys and indices from the top of a study. */
export type Path = readonly (string | number)[]

/** What is read of a JSON Schema. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode | boolean
  readonly prefixItems?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly title?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
  readonly examples?: readonly unknown[]
}

let root: SchemaNode | undefined

/** The schema of a study as a tree; made when first asked for, as only docs and mistakes need it. */
export function rootNode(): SchemaNode {
  root ??= jsonSchema() as SchemaNode
  return root
}

/** The schemas that may describe a path, the forms of unions included; none: the schema does not know it. */
export function nodesAt(path: Path): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [rootNode()]
  for (const key of path) nodes = nodes.flatMap((node) => forms(childOf(node, key)))
  return nodes
}

/** The keys allowed at a path. */
export function keysAt(path: Path): string[] {
  return nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {}))
}

/** A value to show people for a path. */
export function exampleAt(path: Path): unknown {
  return nodesAt(path).find((node) => node.examples !== undefined)?.examples?.[0]
}

/** Whether a value of this JSON type may stand at a path. */
export function allows(path: Path, type: 'string' | 'number' | 'boolean'): boolean {
  return nodesAt(path).some((node) => {
    if (node.type === undefined) return node.anyOf === undefined && node.enum === undefined
    const types = [node.type].flat()
    return types.includes(type) || (type === 'number' && types.includes('integer'))
  })
}

/** The lists whose entries have this key: `rate` → loads. */
export function listsWith(key: string): string[] {
  return Object.keys(rootNode().properties ?? {}).filter((list) => keysAt([list, 0]).includes(key))
}

function childOf(node: SchemaNode, key: string | number): SchemaNode | undefined {
  if (typeof key === 'number') return node.prefixItems?.[key] ?? asNode(node.items)
  const { properties = {} } = node
  return Object.hasOwn(properties, key) ? properties[key] : asNode(node.additionalProperties)
}

function asNode(node: SchemaNode | boolean | undefined): SchemaNode | undefined {
  return typeof node === 'object' ? node : undefined
}

function forms(node: SchemaNode | undefined): SchemaNode[] {
  return node === undefined ? [] : [node, ...(node.anyOf ?? []).flatMap(forms)]
}

import { type Alias, type Document, isScalar, type Scalar, visit } from 'yaml'
import { nearest } from '../model/nearest.ts'
import { type Environment, refersToEnvironment, substitute } from './environment.ts'
import type { Mistake } from './mistakes.ts'
import { allows, type Path } from './schema-nodes.ts'
import { pathOf } from './yaml-places.ts'

/** Aliases without an anchor; each is replaced by nothing, so that the rest can be read. */
export function brokenAliases(document: Document): Mistake[] {
  const found: Mistake[] = []
  const anchors: string[] = []
  visit(document, {
    Node(_, node) {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.push(node.anchor)
    },
    Alias(_, alias, ancestors) {
      if (alias.resolve(document) !== undefined) return
      const nothing = document.createNode(null)
      if (alias.range) nothing.range = alias.range
      // A bare "*" is told as a mistake of the YAML.
      if (alias.source !== '') found.push(noAnchor(alias, pathOf(alias, ancestors), anchors))
      return nothing
    },
  })
  return found
}

function noAnchor({ source }: Alias, path: Path, anchors: readonly string[]): Mistake {
  const close = nearest(source, anchors)
  const message = `*${source} repeats something called &${source}, and there is none before.`
  const hint =
    close === undefined
      ? `Put &${source} before the value to repeat, or write it out.`
      : `Did you mean *${close}?`
  return { path, message, hint }
}

/** What came of a document's references to the environment. */
export interface Replaced {
  readonly mistakes: readonly Mistake[]
  /** What must never be written: values that went into headers and bodies, whole and as the environment gave them. */
  readonly secrets: readonly string[]
}

/** Replaces references to the environment inside values; keys and structure stay as they are. */
export function replaceReferences(document: Document, env: Environment): Replaced {
  const mistakes: Mistake[] = []
  const secrets: string[] = []
  const filled = new Map<unknown, readonly string[]>()
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !refersToEnvironment(node.value)) return
      const path = pathOf(node, ancestors)
      const { text, values, unset, malformed } = substitute(node.value, env)
      mistakes.push(
        ...unset.map((name) => notSet(path, name)),
        ...malformed.map((part) => notRead(path, part)),
      )
      filled.set(node, values.length === 0 ? [] : [text, ...values])
      if (isSecret(path)) secrets.push(...(filled.get(node) ?? []))
      node.value = filledIn(text, node, path)
    },
    Alias(_, alias, ancestors) {
      if (isSecret(pathOf(alias, ancestors))) secrets.push(...filledUnder(alias, document, filled))
    },
  })
  return { mistakes, secrets }
}

/** An unquoted number is a number where the study wants one; anywhere else what the environment gives is text. */
function filledIn(text: string, node: Scalar, path: Path): string | number {
  const numeric = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)
  const quoted = node.type !== undefined && node.type !== 'PLAIN'
  return numeric && !quoted && wantsNumber(path) ? Number(text) : text
}

function wantsNumber(path: Path): boolean {
  return allows(path, 'number') && !path.includes('headers')
}

function isSecret(path: Path): boolean {
  return path[0] === 'targets' && (path[2] === 'headers' || path[2] === 'body')
}

function filledUnder(
  alias: Alias,
  document: Document,
  filled: ReadonlyMap<unknown, readonly string[]>,
): string[] {
  const found: string[] = []
  const node = alias.resolve(document)
  if (isScalar(node)) return [...(filled.get(node) ?? [])]
  if (node === undefined) return []
  visit(node, {
    Scalar(_, scalar) {
      found.push(...(filled.get(scalar) ?? []))
    },
  })
  return found
}

function notSet(path: Path, name: string): Mistake {
  return {
    path,
    message: `the environment variable ${name} is not set.`,
    hint: `Set it, or give a default: \${${name}:-value}`,
  }
}

function notRead(path: Path, part: string): Mistake {
  return {
    path,
    message: `${JSON.stringify(part)} is not a reference to the environment.`,
    hint: 'Write ${NAME} or ${NAME:-default}; $${ stands for the text ${ itself.',
  }
}

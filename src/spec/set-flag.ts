import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { flowText } from './flow-text.ts'
import { type Mistake, unknownKey } from './mistakes.ts'
import { keysAt, type Path } from './schema-nodes.ts'
import { pathText } from './words.ts'
import { syntaxMistakes } from './yaml-syntax.ts'

/** What applying one `--set path=value` gave. */
export interface Applied {
  /** How errors call it. */
  readonly flag: string
  /** Paths that are as they are because of it. */
  readonly made: readonly Path[]
  readonly mistakes: readonly Mistake[]
}

/** Replaces or adds one value of a document. */
export function applySet(document: Document, assignment: string): Applied {
  const equals = assignment.indexOf('=')
  const flag = `--set ${assignment}`
  const path = readPath(assignment.slice(0, Math.max(0, equals)))
  if (equals <= 0 || path.length === 0) {
    const hint = 'For example: --set loads[0].requests=50'
    const mistake = { path: [assignment], message: 'expected path=value.', hint }
    return { flag, made: [], mistakes: [mistake] }
  }
  const wrong = wrongPath(document, path)
  if (wrong !== undefined) return { flag, made: [], mistakes: [wrong] }
  const text = assignment.slice(equals + 1)
  const value = parseDocument(text, { prettyErrors: false, stringKeys: true })
  const syntax = syntaxMistakes(value, text)
  if (syntax.length > 0) {
    return { flag, made: [], mistakes: syntax.map(({ message, hint }) => ({ path, message, hint })) }
  }
  const made = path.map((_, i) => path.slice(0, i + 1)).filter((above) => isEmpty(document, above))
  const [highest] = made
  // `loads:` without anything holds a null, into which nothing can be set.
  if (isScalar(document.contents)) document.contents = null
  else if (highest !== undefined && document.contents !== null) document.deleteIn(highest)
  document.setIn(path, value.contents)
  return { flag, made: [...made, path], mistakes: [] }
}

function isEmpty(document: Document, path: Path): boolean {
  const value = document.getIn(path, true)
  return value === undefined || value === null || (isScalar(value) && value.value === null)
}

/** `loads[0].rate` and `loads.0.rate` alike. */
function readPath(text: string): Path {
  const parts = text.split(/[.[\]]+/).filter((part) => part !== '')
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Why a path cannot be set, from the schema and from what is in the document. */
function wrongPath(document: Document, path: Path): Mistake | undefined {
  for (const [i, key] of path.entries()) {
    const parentPath = path.slice(0, i)
    const known = keysAt(parentPath)
    if (typeof key === 'string' && known.length > 0 && !known.includes(key))
      return unknownKey(path.slice(0, i + 1))
    const parent: unknown = i === 0 ? document.contents : document.getIn(parentPath, true)
    const name = pathText(parentPath)
    if (isAlias(parent)) {
      const hint = `Set it where &${parent.source} is, or write the value out in the file.`
      return { path, message: `${name} repeats another value (*${parent.source}).`, hint }
    }
    if (isSeq(parent)) {
      const { length } = parent.items
      if (typeof key === 'string') {
        return { path, message: `${name} is a list.`, hint: `Name an entry: ${name}[0].${key}` }
      }
      if (key >= length) return noEntry(path, name, key, length)
    } else if (isScalar(parent) && parent.value !== null) {
      const message = `${name} is ${flowText(parent.value)}, which has no keys.`
      return { path, message, hint: `Set ${name} itself.` }
    } else if (!isMap(parent) && typeof key === 'number' && key > 0) {
      return noEntry(path, name, key, 0)
    }
  }
  return undefined
}

function noEntry(path: Path, name: string, index: number, length: number): Mistake {
  const has = length === 0 ? 'no entries' : length === 1 ? '1 entry' : `${length} entries`
  return {
    path,
    message: `${name} has ${has}, so there is no ${name}[${index}].`,
    hint: 'Entries count from 0.',
  }
}

import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parse,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'
import { AssayError, messageOf } from '../model/errors.ts'
import type { Study } from '../model/study.ts'
import { type Environment, refersToEnvironment, substitute } from './environment.ts'
import { type Mistake, mistakesError } from './mistakes.ts'
import { validate } from './validate.ts'

export interface StudyOptions {
  /** `path=value` texts that replace values of the file. */
  readonly set?: readonly string[]
  readonly env?: Environment
}

export interface LoadedStudy {
  readonly study: Study
  /** Values that must never be written anywhere. */
  readonly secrets: readonly string[]
}

type Path = readonly (string | number)[]

/** Headers whose values are secret even when the file spells them out. */
const secretHeader = /auth|key|token|secret|cookie|password/i

const hint = 'docs/spec.md lists every key; assay schema prints the JSON Schema for editors.'

/** Reads a study file. Throws one AssayError (`bad-study`) that tells every mistake with its line and column. */
export async function loadStudy(file: string, options: StudyOptions = {}): Promise<LoadedStudy> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AssayError('study-file', `The study ${file} cannot be read: ${messageOf(cause)}`, {
      hint: 'A first study: examples/quickstart.yaml of the package.',
      cause,
    })
  })
  return parseStudy(text, { ...options, file })
}

/** Reads a study from text; `file` names it in errors and is where relative paths start. */
export function parseStudy(text: string, options: StudyOptions & { readonly file: string }): LoadedStudy {
  const { file, env = process.env, set = [] } = options
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const syntax = document.errors.map((error) => `${at(error.pos[0])}: ${sentence(error.message)}`)
  if (syntax.length > 0)
    throw new AssayError('bad-study', syntax.join('\n'), { hint: 'The file must be valid YAML.' })

  const mistakes: Mistake[] = []
  const flags = new Map<string, string>()
  for (const assignment of set) applySet(document, assignment, flags, mistakes)
  const secrets = substituteAll(document, env, mistakes)

  let written: unknown
  try {
    written = document.toJS()
  } catch (error) {
    throw new AssayError('bad-study', `${file}: ${messageOf(error)}`, {
      hint: 'The file must be valid YAML.',
      cause: error,
    })
  }
  const result = validate(written, file, basename(file, extname(file)))
  if (!result.ok) mistakes.push(...result.mistakes)
  if (result.ok) {
    for (const [i, target] of result.study.targets.entries()) {
      const path = ['targets', i, 'apiKeyEnv']
      mistakes.push(...checkKey(path, target.apiKeyEnv, env, secrets))
      const named = Object.entries(target.headers).filter(([name]) => secretHeader.test(name))
      secrets.push(...named.map(([, value]) => value))
    }
  }
  if (!result.ok || mistakes.length > 0) {
    const sorted = [...mistakes].sort((a, b) => offsetOf(document, a.path) - offsetOf(document, b.path))
    const where = ({ path }: Mistake) => setFlagOf(flags, path) ?? at(offsetOf(document, path))
    throw mistakesError(sorted, file, where, hint)
  }
  return { study: result.study, secrets: [...new Set(secrets)] }
}

/** A key that is named but not set is a mistake; one that is set is a secret. */
export function checkKey(
  path: Path,
  variable: string | undefined,
  env: Environment,
  secrets: string[],
): Mistake[] {
  if (variable === undefined) return []
  const key = env[variable]
  if (key !== undefined && key !== '') {
    secrets.push(key)
    return []
  }
  return [
    {
      path,
      message: `the environment variable ${variable} is not set.`,
      hint: `Set it: export ${variable}=…`,
    },
  ]
}

/** Replaces references to the environment inside values; keys and structure stay as they are. */
function substituteAll(document: Document, env: Environment, mistakes: Mistake[]): string[] {
  const secrets: string[] = []
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !refersToEnvironment(node.value)) return
      const path = pathOf(node, ancestors)
      const { text, unset } = substitute(node.value, env)
      for (const name of unset) {
        const next = `Set it, or give a default: \${${name}:-value}`
        mistakes.push({ path, message: `the environment variable ${name} is not set.`, hint: next })
      }
      if (path.includes('headers') || path.includes('body')) secrets.push(text)
      node.value = node.type === 'PLAIN' ? plainValue(text) : text
    },
  })
  return secrets
}

/** An unquoted value means what it would mean had it been written there. */
function plainValue(text: string): unknown {
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

function pathOf(node: unknown, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, node]
  return chain.flatMap((parent, i): Path => {
    const child = chain[i + 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => item === child)
      return pair !== undefined && isScalar(pair.key) ? [String(pair.key.value)] : []
    }
    if (isCollection(parent)) {
      const index = (parent.items as unknown[]).indexOf(child)
      return index < 0 ? [] : [index]
    }
    return []
  })
}

function applySet(
  document: Document,
  assignment: string,
  flags: Map<string, string>,
  mistakes: Mistake[],
): void {
  const equals = assignment.indexOf('=')
  const path = assignment
    .slice(0, Math.max(0, equals))
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const flag = `--set ${assignment}`
  if (equals <= 0 || path.length === 0) {
    flags.set(assignment, flag)
    mistakes.push({
      path: [assignment],
      message: 'expected path=value.',
      hint: 'For example: --set loads[0].requests=50',
    })
    return
  }
  flags.set(path.join('.'), flag)
  const missing = path.findIndex(
    (key, i) => typeof key === 'number' && !document.hasIn(path.slice(0, i + 1)) && i < path.length,
  )
  if (missing >= 0) {
    const list = path.slice(0, missing).join('.')
    mistakes.push({
      path,
      message: `${list} has no entry ${String(path[missing])}.`,
      hint: 'Entries count from 0.',
    })
    return
  }
  try {
    document.setIn(path, document.createNode(parse(assignment.slice(equals + 1))))
  } catch (error) {
    mistakes.push({ path, message: sentence(messageOf(error)) })
  }
}

/** The flag that set this path or one above it. */
function setFlagOf(flags: ReadonlyMap<string, string>, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const flag = flags.get(path.slice(0, length).join('.'))
    if (flag !== undefined) return flag
  }
  return undefined
}

/** Where a path stands in the file: its key, else its value, else the nearest thing above it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last)
      const range = (pair?.key as Scalar | undefined)?.range
      if (range) return range[0]
    } else if (isCollection(parent) && typeof last === 'number') {
      const range = (parent.items[last] as Scalar | undefined)?.range
      if (range) return range[0]
    }
  }
  return 0
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? ''
  return /[.!?]$/.test(first) ? first : `${first}.`
}

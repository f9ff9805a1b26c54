import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { AssayError, messageOf } from '../model/errors.ts'
import type { Study } from '../model/study.ts'
import type { Environment } from './environment.ts'
import type { Mistake } from './mistakes.ts'
import { mistakesError, type Placed } from './mistakes-error.ts'
import type { Path } from './schema-nodes.ts'
import { apiKeys, headerSecrets, ordered } from './secrets.ts'
import { type Applied, applySet } from './set-flag.ts'
import { validate } from './validate.ts'
import { fileWords } from './words.ts'
import { placeOf } from './yaml-places.ts'
import { type SyntaxMistake, syntaxMistakes } from './yaml-syntax.ts'
import { brokenAliases, replaceReferences } from './yaml-values.ts'

/** What changes a study from outside its file. */
export interface StudyOptions {
  /** `path=value` texts that replace values of the file. */
  readonly set?: readonly string[]
  /** Absent: `process.env`. */
  readonly env?: Environment
}

/** A study, and what belongs to it that nobody may read. */
export interface LoadedStudy {
  readonly study: Study
  /** Values that must never be written anywhere. */
  readonly secrets: readonly string[]
}

const hint = 'docs/spec.md explains every key; assay schema prints them for editors.'

/** Reads a study file. Throws one AssayError (`bad-study`) that tells every mistake with its line and column. */
export async function loadStudy(file: string, options: StudyOptions = {}): Promise<LoadedStudy> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AssayError('study-file', unreadable(file, cause), {
      hint: 'A first study: examples/quickstart.yaml of the package.',
      cause,
    })
  })
  return parseStudy(text, { ...options, file })
}

function unreadable(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return `There is no file ${file}.`
  if (code === 'EISDIR') return `${file} is a folder, not a study file.`
  return `The study ${file} cannot be read: ${messageOf(cause)}.`
}

/** Reads a study from text; `file` names it in errors and is where relative paths start. Throws like `loadStudy`. */
export function parseStudy(text: string, options: StudyOptions & { readonly file: string }): LoadedStudy {
  const { file, env = process.env, set = [] } = options
  const lines = new LineCounter()
  const document: Document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // What cannot be read is told by us; the parser is not to print anything.
    logLevel: 'error',
  })
  const syntax = syntaxMistakes(document, text)
  const aliases = brokenAliases(document)
  const applied = set.map((assignment) => applySet(document, assignment))
  const replaced = replaceReferences(document, env)
  const blamed = [...aliases, ...replaced.mistakes]

  const written = asData(document, file)
  const keys = apiKeys(written, env)
  const result = validate(written, fileWords, { file, fallbackName: basename(file, extname(file)) })
  const judged = [...keys.mistakes, ...(result.ok ? [] : result.mistakes)]
  const secrets = [...replaced.secrets, ...keys.secrets, ...literalSecrets(written)]

  const sure = surelyRead(document, syntax)
  // What is wrong already is not told twice: a variable that is not set is no bad number as well.
  const mistakes = [
    ...blamed,
    ...judged.filter(({ path }) => !blamed.some((one) => within(path, one.path)) && sure(path)),
  ]
  const refused = applied.some((one) => one.mistakes.length > 0)
  if (!result.ok || refused || mistakes.length + syntax.length > 0) {
    const told = placed({ document, lines, file, applied }, syntax, mistakes)
    throw mistakesError(told, file, { hint, secrets: ordered(secrets) })
  }
  return { study: result.study, secrets: ordered(secrets) }
}

function asData(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    throw new AssayError('bad-study', `${file}: ${messageOf(cause)}.`, {
      hint: 'Aliases that repeat aliases make the file too large: write the values out.',
      cause,
    })
  }
}

function literalSecrets(written: unknown): string[] {
  const { targets } = (written ?? {}) as { targets?: unknown }
  if (!Array.isArray(targets)) return []
  return (targets as ({ headers?: unknown } | null)[]).flatMap((target) =>
    typeof target?.headers === 'object' && target.headers !== null
      ? headerSecrets(target.headers as Record<string, unknown>, false)
      : [],
  )
}

/** After a break in the YAML nothing is certain; what ended before it is. */
function surelyRead(document: Document, syntax: readonly SyntaxMistake[]): (path: Path) => boolean {
  const firstBreak = Math.min(...syntax.filter(({ breaks }) => breaks).map(({ offset }) => offset))
  if (firstBreak === Number.POSITIVE_INFINITY) return () => true
  return (path) => {
    const { exact, end } = placeOf(document, path)
    return exact && end < firstBreak
  }
}

function within(path: Path, above: Path): boolean {
  return above.every((key, i) => path[i] === key)
}

/** The mistakes in the order of the file, those of `--set` last. */
function placed(
  source: {
    readonly document: Document
    readonly lines: LineCounter
    readonly file: string
    readonly applied: readonly Applied[]
  },
  syntax: readonly SyntaxMistake[],
  mistakes: readonly Mistake[],
): Placed[] {
  const { document, lines, file, applied } = source
  const inFile = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const all = [
    ...syntax.map(({ offset, message, hint }) => ({ offset, where: inFile(offset), message, hint })),
    ...mistakes.map(({ path, message, hint }) => {
      const flag = applied.findLast(({ made }) => made.some((one) => within(path, one)))?.flag
      const offset = flag === undefined ? placeOf(document, path).start : Number.POSITIVE_INFINITY
      return { offset, where: flag ?? inFile(offset), message, hint }
    }),
    ...applied.flatMap(({ flag, mistakes: own }) =>
      own.map(({ message, hint }) => ({ offset: Number.POSITIVE_INFINITY, where: flag, message, hint })),
    ),
  ]
  return all.sort((a, b) => (a.offset === b.offset ? 0 : a.offset - b.offset))
}

import type { Study } from '../model/study.ts'
import { conflicts } from './conflicts.ts'
import { type Mistake, mistakesOf, valueAt } from './mistakes.ts'
import { resolveStudy } from './resolve.ts'
import { studySchema } from './schema.ts'
import type { Path } from './schema-nodes.ts'
import type { Words } from './words.ts'

/** What came of a study as written: the study with its defaults, or every mistake in it. */
export type Validated =
  | { readonly ok: true; readonly study: Study }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/** A key that was read as another one. */
interface Respelt {
  readonly parent: Path
  readonly wrong: string
  readonly right: string
}

/**
 * Checks a study's shape and its keys against each other. A misspelt key is told, and then read as the one that was
 * meant, so that its value is checked too and nothing is called missing that is there.
 */
export function validate(
  written: unknown,
  words: Words,
  files: { readonly file?: string; readonly fallbackName: string },
): Validated {
  const respelt: Respelt[] = []
  const misspelt: Mistake[] = []
  let study = written
  for (;;) {
    const parsed = studySchema.safeParse(study)
    const found = parsed.success ? [] : mistakesOf(parsed.error.issues, study, words)
    const next = firstOfEach(found.flatMap((mistake) => respellingOf(mistake, study)))
    if (next.length === 0) {
      const mistakes = [
        ...misspelt,
        ...[...found, ...conflicts(study, words)].map((one) => asWritten(one, respelt)),
      ]
      return parsed.success && mistakes.length === 0
        ? { ok: true, study: resolveStudy(parsed.data, files) }
        : { ok: false, mistakes }
    }
    for (const { mistake } of next) misspelt.push(asWritten(mistake, respelt))
    study = respell(study, next)
    respelt.push(...next)
  }
}

/** None: not a misspelt key, or the key that was meant is there as well. */
function respellingOf(mistake: Mistake, study: unknown): (Respelt & { readonly mistake: Mistake })[] {
  const { meant, path } = mistake
  const parent = path.slice(0, -1)
  if (meant === undefined || valueAt(study, [...parent, meant]) !== undefined) return []
  return [{ parent, wrong: String(path.at(-1)), right: meant, mistake }]
}

/** Of two misspellings of one key the first is taken; the second stays an unknown key. */
function firstOfEach<T extends Respelt>(all: readonly T[]): T[] {
  const key = ({ parent, right }: Respelt) => JSON.stringify([...parent, right])
  return all.filter((one, i) => all.findIndex((other) => key(other) === key(one)) === i)
}

function respell(study: unknown, all: readonly Respelt[]): unknown {
  const copy: unknown = structuredClone(study)
  for (const { parent, wrong, right } of all) {
    const fields = valueAt(copy, parent) as Record<string, unknown>
    fields[right] = fields[wrong]
    delete fields[wrong]
  }
  return copy
}

/** The mistake's path, back in the words of the user. */
function asWritten(mistake: Mistake, respelt: readonly Respelt[]): Mistake {
  const path = [...mistake.path]
  for (const { parent, wrong, right } of respelt.toReversed()) {
    const within = parent.every((key, i) => path[i] === key)
    if (within && path[parent.length] === right) path[parent.length] = wrong
  }
  return { ...mistake, path }
}

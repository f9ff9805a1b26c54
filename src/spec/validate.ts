import type { Study } from '../model/study.ts'
import { conflicts } from './conflicts.ts'
import { knownKeys } from './known-keys.ts'
import { type Mistake, mistakesOf } from './mistakes.ts'
import { resolveStudy } from './resolve.ts'
import { studySchema } from './schema.ts'

/** What came of a study as written: the study with its defaults, or every mistake in it. */
export type Validated =
  | { readonly ok: true; readonly study: Study }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/** Checks a study's shape and its keys against each other. */
export function validate(written: unknown, file: string | undefined, fallbackName: string): Validated {
  const parsed = studySchema.safeParse(written)
  const mistakes = [
    ...(parsed.success ? [] : mistakesOf(parsed.error.issues, written, knownKeys)),
    ...conflicts(written),
  ]
  return parsed.success && mistakes.length === 0
    ? { ok: true, study: resolveStudy(parsed.data, file, fallbackName) }
    : { ok: false, mistakes }
}

import { AssayError } from '../src/model/errors.ts'
import { parseStudy } from '../src/spec/index.ts'

/** What a user is told about a study, or "nothing" when it is sound. */
export function told(text: string, set: readonly string[] = [], env: Record<string, string> = {}): string {
  try {
    parseStudy(text, { file: 'study.yaml', set, env })
  } catch (error) {
    if (error instanceof AssayError && error.exitCode === 2) return error.message
    throw error
  }
  return 'nothing'
}

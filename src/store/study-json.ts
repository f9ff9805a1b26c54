import { runFormatVersion } from '../model/run.ts'
import type { Study } from '../model/study.ts'
import { studyPaths } from './layout.ts'
import { writeJson } from './write-whole.ts'

/**
 * Writes a study folder's study.json, `{format, study}`: the study with its defaults filled in, without the secrets.
 * @throws AssayError `storage`
 */
export function writeStudy(folder: string, study: Study, secrets: readonly string[]): void {
  writeJson(studyPaths(folder).study, { format: runFormatVersion, study }, secrets)
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CalibrationFacts } from '../model/calibration.ts'
import { codeOf, storageError } from './storage-error.ts'
import { writeWhole } from './write-whole.ts'

/** What a calibration's folder holds beside the files of a run. */
export interface CalibrationPaths {
  /** The run folder of the calibration, inside the run it belongs to. */
  readonly folder: string
  readonly facts: string
  /** Until it is converted: what the reference server wrote and when. */
  readonly truthJson: string
  readonly truth: string
}

/** Where the calibration of a run lies. */
export function calibrationPaths(runFolder: string): CalibrationPaths {
  const folder = join(runFolder, 'calibration')
  return {
    folder,
    facts: join(folder, 'calibration.json'),
    truthJson: join(folder, 'truth.json'),
    truth: join(folder, 'truth.parquet'),
  }
}

/** Writes what is known of a calibration besides its records and its truth. */
export function writeCalibrationFacts(paths: CalibrationPaths, facts: CalibrationFacts): void {
  writeWhole(paths.facts, `${JSON.stringify(facts, null, 2)}\n`)
}

/** `undefined` when the run has no calibration. Throws AssayError `storage` when it is there but unreadable. */
export async function readCalibrationFacts(paths: CalibrationPaths): Promise<CalibrationFacts | undefined> {
  try {
    return JSON.parse(await readFile(paths.facts, 'utf8')) as CalibrationFacts
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw storageError('read', paths.facts, error)
  }
}

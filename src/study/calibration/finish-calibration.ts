import { createWriteStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { deriveCalibration } from '../../calibrate/derive.ts'
import { type LoadShape, shapeOf } from '../../calibrate/shape.ts'
import { timelineOf } from '../../calibrate/timeline.ts'
import type { Calibration } from '../../model/calibration.ts'
import { AssayError } from '../../model/errors.ts'
import { calibrationPaths, readCalibrationFacts } from '../../store/calibration.ts'
import { convertRun, readRun, readTruth } from '../../store/index.ts'
import { convertTruth } from '../convert-truth.ts'

/** In the child: writes a run's timeline for the reference server and says what its load was like. */
export async function writeTimeline(options: {
  readonly folder: string
  readonly file: string
  readonly longestTtftMs?: number
}): Promise<LoadShape | undefined> {
  const { records } = await readRun(options.folder)
  const shape = shapeOf(records)
  if (shape === undefined) return undefined
  await pipeline(Readable.from(timelineOf(records, options)), createWriteStream(options.file))
  return shape
}

/**
 * In the child: the calibration of a run, worked out from its records and its truth, converted first if need be;
 * `undefined` when the run was not calibrated.
 */
export async function readCalibration(runFolder: string): Promise<Calibration | undefined> {
  const paths = calibrationPaths(runFolder)
  const facts = await readCalibrationFacts(paths)
  if (facts === undefined) return undefined
  await convertRun(paths.folder)
  if (await isThere(paths.truthJson)) await convertTruth(paths.truthJson, paths.truth)
  return deriveCalibration(await readRun(paths.folder), await readTruth(paths.truth), facts)
}

/** In the child: the same for a run that was calibrated for certain. */
export async function convertCalibration(runFolder: string): Promise<Calibration> {
  const calibration = await readCalibration(runFolder)
  if (calibration !== undefined) return calibration
  throw new AssayError('not-calibrated', `${runFolder} has no calibration.`, {
    hint: `Measure one: assay calibrate ${runFolder}`,
  })
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

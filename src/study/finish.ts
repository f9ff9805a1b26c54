import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadShape } from '../calibrate/shape.ts'
import type { Calibration } from '../model/calibration.ts'
import { entryPath } from '../model/entry.ts'
import { AssayError, type ExitCode, exitCodes } from '../model/errors.ts'
import type { Exclude, Report } from '../model/report.ts'

/** What the child is asked to do, in a process of its own: DuckDB never shares one with a load. */
export type FinishOrder =
  /** Turn one run's journal into Parquet. */
  | { readonly what: 'convert'; readonly folder: string }
  /** Convert what is not converted, analyse the runs of a folder and write every report file. */
  | { readonly what: 'report'; readonly folder: string; readonly exclude: Exclude }
  /** Turn a reference server's truth from JSON into Parquet and delete the JSON. */
  | { readonly what: 'truth'; readonly json: string; readonly parquet: string }
  /** Write what the reference server plays back of a run, and say what its load was like. */
  | {
      readonly what: 'timeline'
      readonly folder: string
      readonly file: string
      readonly longestTtftMs?: number
    }
  /** Write the frozen requests of a converted run to a file, byte for byte. */
  | { readonly what: 'workload'; readonly folder: string; readonly file: string }
  /** Convert a calibration and say what it found. */
  | { readonly what: 'calibration'; readonly folder: string }

/** What the child says at its end. */
export type FinishAnswer =
  | { readonly kind: 'done'; readonly value?: unknown }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly hint?: string
      readonly exitCode: ExitCode
    }

/** Turns a run's journal into Parquet. */
export async function convertInChild(folder: string): Promise<void> {
  await inChild({ what: 'convert', folder }, savedRecords(folder))
}

/** Converts what is not converted yet, analyses the folder's runs and writes every report file. */
export async function finishInChild(folder: string, exclude: Exclude = 'nothing'): Promise<Report> {
  await inChild({ what: 'report', folder, exclude }, savedRecords(folder))
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
}

/** Turns a reference server's truth from JSON into Parquet; the JSON stays when that fails. */
export async function truthInChild(json: string, parquet: string): Promise<void> {
  await inChild({ what: 'truth', json, parquet }, `What was logged is safe in ${json}.`)
}

/** Writes a run's timeline for the reference server; `undefined` when the run has nothing to play back. */
export async function timelineInChild(
  order: Omit<Extract<FinishOrder, { what: 'timeline' }>, 'what'>,
): Promise<LoadShape | undefined> {
  return (await inChild({ what: 'timeline', ...order }, savedRecords(order.folder))) as LoadShape | undefined
}

/** Converts a calibration's records and truth, and gives what it found. */
export async function calibrationInChild(folder: string): Promise<Calibration> {
  return (await inChild({ what: 'calibration', folder }, 'Calibrate again: assay calibrate')) as Calibration
}

/** Writes the frozen requests of a converted run to a file, byte for byte. */
export async function frozenLinesInChild(folder: string, file: string): Promise<void> {
  await inChild({ what: 'workload', folder, file }, savedRecords(folder))
}

function savedRecords(folder: string): string {
  return `The measured records are safe; try again with: assay report ${folder}`
}

function inChild(order: FinishOrder, hintOnCrash: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entryPath('study/finish-child'), JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let answer: FinishAnswer | undefined
    child.on('message', (message) => {
      answer = message as FinishAnswer
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (answer?.kind === 'done') {
        resolve(answer.value)
      } else if (answer?.kind === 'failed') {
        const { hint, exitCode } = answer
        const options = { exitCode, ...(hint === undefined ? {} : { hint }) }
        reject(new AssayError(answer.code, answer.message, options))
      } else {
        const message = `Writing results (${order.what}) ended with ${signal ?? `code ${code}`}.`
        const options = { hint: hintOnCrash, exitCode: exitCodes.storage }
        reject(new AssayError('finish-failed', message, options))
      }
    })
  })
}

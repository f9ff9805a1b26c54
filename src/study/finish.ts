import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { entryPath } from '../model/entry.ts'
import { AssayError, type ExitCode, exitCodes } from '../model/errors.ts'
import type { Report } from '../model/report.ts'

/** What the child is asked: turn one run's journal into Parquet, or report on everything in a folder. */
export interface FinishOrder {
  readonly what: 'convert' | 'report'
  readonly folder: string
}

/** What the child says when it could not; on success it says nothing. */
export interface FinishFailure {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly exitCode: ExitCode
}

/** Turns a run's journal into Parquet, in a process of its own: DuckDB never shares one with a load. */
export function convertInChild(folder: string): Promise<void> {
  return inChild({ what: 'convert', folder })
}

/** Converts what is not converted yet, analyses the folder's runs and writes every report file. */
export async function finishInChild(folder: string): Promise<Report> {
  await inChild({ what: 'report', folder })
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
}

function inChild(order: FinishOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entryPath('study/finish-child'), JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let failure: FinishFailure | undefined
    child.on('message', (message) => {
      failure = message as FinishFailure
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (failure !== undefined) {
        const { hint, exitCode } = failure
        reject(
          new AssayError(failure.code, failure.message, {
            exitCode,
            ...(hint === undefined ? {} : { hint }),
          }),
        )
      } else if (code === 0) {
        resolve()
      } else {
        reject(
          new AssayError('finish-failed', `Writing the report ended with ${signal ?? `code ${code}`}.`, {
            hint: `The measured records are safe; try again with: assay report ${order.folder}`,
            exitCode: exitCodes.storage,
          }),
        )
      }
    })
  })
}

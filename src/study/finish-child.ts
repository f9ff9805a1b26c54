import { writeFile } from 'node:fs/promises'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import { readFrozenLines } from '../store/index.ts'
import { convertCalibration, writeTimeline } from './calibration/finish-calibration.ts'
import { convertTruth } from './convert-truth.ts'
import type { FinishAnswer, FinishOrder } from './finish.ts'
import { convertFolder, reportFolder } from './finish-work.ts'

/** Child entry: the only process of a study or a reference server that loads DuckDB. */
async function main(): Promise<unknown> {
  const order = JSON.parse(process.argv[2] ?? '') as FinishOrder
  switch (order.what) {
    case 'convert':
      return convertFolder(order.folder)
    case 'report':
      return reportFolder(order.folder, order.exclude)
    case 'truth':
      return convertTruth(order.json, order.parquet)
    case 'workload':
      return writeFile(order.file, await readFrozenLines(order.folder))
    case 'timeline':
      return writeTimeline(order)
    case 'calibration':
      return convertCalibration(order.folder)
    default:
      return order satisfies never
  }
}

// Ctrl-C in a terminal reaches every process of the group; the report is still wanted.
process.on('SIGINT', () => {})

main().then(
  (value) => say({ kind: 'done', value }, () => process.disconnect()),
  (error: unknown) => {
    const known = error instanceof AssayError ? error : undefined
    if (known === undefined) console.error(error)
    const failure: FinishAnswer = {
      kind: 'failed',
      code: known?.code ?? 'finish-failed',
      message: messageOf(error),
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
      exitCode: known?.exitCode ?? exitCodes.storage,
    }
    say(failure, () => process.exit(1))
  },
)

function say(answer: FinishAnswer, then: () => void): void {
  process.send?.(answer, then)
}

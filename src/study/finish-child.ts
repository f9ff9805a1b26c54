import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import type { FinishFailure, FinishOrder } from './finish.ts'
import { convertFolder, reportFolder } from './finish-work.ts'

/** Child entry: the only process of a study that loads DuckDB. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as FinishOrder
  if (order.what === 'convert') await convertFolder(order.folder)
  else await reportFolder(order.folder)
}

// Ctrl-C in a terminal reaches every process of the group; the report is still wanted.
process.on('SIGINT', () => {})

main().then(
  () => process.disconnect(),
  (error: unknown) => {
    const known = error instanceof AssayError ? error : undefined
    if (known === undefined) console.error(error)
    const failure: FinishFailure = {
      code: known?.code ?? 'finish-failed',
      message: messageOf(error),
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
      exitCode: known?.exitCode ?? exitCodes.storage,
    }
    process.send?.(failure, () => process.exit(1))
  },
)

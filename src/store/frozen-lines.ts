import { AssayError, exitCodes } from '../model/errors.ts'
import { checkConverted } from './converted.ts'
import { literal, openDuckDb } from './duckdb.ts'
import { runPaths } from './layout.ts'

/**
 * The frozen requests of a converted run, byte for byte as they were frozen. Loads DuckDB.
 * @throws AssayError `unconverted`, `not-a-run`, `storage`
 */
export async function readFrozenLines(folder: string): Promise<Buffer> {
  const paths = runPaths(folder)
  await checkConverted(paths)
  const database = await openDuckDb({ memoryShare: 0.5, memoryLimitMb: 1024, threads: 1 })
  try {
    const reader = await database.connection.runAndReadAll(
      `SELECT line FROM ${literal(paths.workload)} ORDER BY id`,
    )
    return Buffer.concat(reader.getRowsJS().map(([line]) => Buffer.from(`${String(line)}\n`)))
  } catch (cause) {
    throw new AssayError('storage', `Cannot read ${paths.workload}.`, {
      hint: 'The file is damaged: restore it, or repeat the run.',
      exitCode: exitCodes.storage,
      cause,
    })
  } finally {
    database.close()
  }
}

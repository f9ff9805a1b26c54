import { totalmem } from 'node:os'
import type { DuckDBConnection } from '@duckdb/node-api'

/** An in-memory database with bounds. */
export interface Database {
  readonly connection: DuckDBConnection
  close(): void
}

/**
 * Opens DuckDB, which is loaded only now: it takes half a second and 50 MB.
 * @param options.memoryShare share (0..1) of the memory this process may use
 * @param options.memoryLimitMb upper bound of that share
 * @param options.tempFolder where DuckDB puts what does not fit, made when needed; absent: nowhere
 */
export async function openDuckDb(options: {
  readonly memoryShare: number
  readonly memoryLimitMb: number
  readonly threads: number
  readonly tempFolder?: string
}): Promise<Database> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb(options.memoryShare, options.memoryLimitMb)}MB`,
    threads: String(options.threads),
    temp_directory: options.tempFolder ?? '',
    // Nothing is ever downloaded: a query that needs an absent extension fails with a clear error.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A string as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function memoryMb(share: number, limitMb: number): number {
  // A container's limit, where there is one; some systems state a number beyond any memory when there is none.
  const constrained = process.constrainedMemory()
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.max(128, Math.min(limitMb, Math.floor((bytes * share) / 1e6)))
}

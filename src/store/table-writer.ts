import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api'

/** Rows of one data chunk; DuckDB's own vector size. */
const chunkRows = 2048
/** Weight of one chunk, so that long lists and texts do not make a huge one. */
const chunkWeight = 256 * 1024
/** Weight that may wait in the appender, which by itself waits for 204,800 rows, however long. */
const appenderWeight = 4 * 1024 * 1024

/** Name and SQL type of one column of a table. */
export interface Column {
  readonly name: string
  readonly type: string
}

/** Fills a new table chunk by chunk. */
export class TableWriter {
  readonly #appender: DuckDBAppender
  /** Used again and again: its memory is outside the reach of JavaScript's garbage collector. */
  readonly #chunk: DuckDBDataChunk
  #columns: DuckDBValue[][]
  #weight = 0
  #waitingWeight = 0

  private constructor(appender: DuckDBAppender, chunk: DuckDBDataChunk) {
    this.#appender = appender
    this.#chunk = chunk
    this.#columns = emptyColumns(chunk.columnCount)
  }

  /** Creates the table and a writer for it. */
  static async create(
    connection: DuckDBConnection,
    table: string,
    columns: readonly Column[],
  ): Promise<TableWriter> {
    const { DuckDBDataChunk: Chunk } = await import('@duckdb/node-api')
    const list = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')
    await connection.run(`CREATE TABLE ${table} (${list})`)
    const appender = await connection.createAppender(table)
    const types = columns.map((_, at) => appender.columnType(at))
    return new TableWriter(appender, Chunk.create(types))
  }

  /**
   * Adds one row.
   * @param weight elements of its lists and characters of its texts, about
   */
  add(row: readonly DuckDBValue[], weight = 0): void {
    for (const [at, value] of row.entries()) this.#columns[at]?.push(value)
    this.#weight += weight
    if ((this.#columns[0]?.length ?? 0) >= chunkRows || this.#weight >= chunkWeight) this.#flush()
  }

  /** Hands over what is left; the table is then complete. */
  close(): void {
    this.#flush()
    this.#appender.closeSync()
  }

  #flush(): void {
    const rows = this.#columns[0]?.length ?? 0
    if (rows === 0) return
    const chunk = this.#chunk
    chunk.reset()
    chunk.rowCount = rows
    for (const [at, values] of this.#columns.entries()) chunk.setColumnValues(at, values)
    this.#appender.appendDataChunk(chunk)
    this.#columns = emptyColumns(this.#columns.length)
    this.#waitingWeight += this.#weight
    this.#weight = 0
    if (this.#waitingWeight < appenderWeight) return
    this.#appender.flushSync()
    this.#waitingWeight = 0
  }
}

function emptyColumns(count: number): DuckDBValue[][] {
  return Array.from({ length: count }, () => [])
}

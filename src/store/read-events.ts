import type { DuckDBConnection, DuckDBListVector, DuckDBVector } from '@duckdb/node-api'
import type { EventColumns } from '../model/record.ts'
import { eventTable } from './event-row.ts'
import { withColumns } from './parquet-columns.ts'

const NS_PER_US = 1000

/** One row of events.parquet. */
export interface RequestEvents {
  readonly request: number
  readonly columns: EventColumns
}

/**
 * Reads events.parquet whole, in its order. The arrays of one data chunk are views of the same memory.
 * Takes a tenth of a microsecond an event.
 */
export async function readEvents(connection: DuckDBConnection, parquet: string): Promise<RequestEvents[]> {
  const { DuckDBListVector: ListVector } = await import('@duckdb/node-api')
  const asList = (vector: DuckDBVector): DuckDBListVector => {
    if (vector instanceof ListVector) return vector
    throw new Error(`A column of ${parquet} holds no lists.`)
  }
  const all: RequestEvents[] = []
  const result = await connection.stream(
    // The prompts last: most rows have none, and an empty list is one that can be read.
    `SELECT request, first_ns::DOUBLE, gap_us, tokens, flags, coalesce(prompt, [])
     FROM ${await withColumns(connection, parquet, eventTable)}`,
  )
  for await (const chunk of result) {
    const requests = chunk.getColumnVector(0)
    const firsts = chunk.getColumnVector(1)
    const gaps = asList(chunk.getColumnVector(2))
    const tokens = numbersOf(asList(chunk.getColumnVector(3)), (length) => new Uint16Array(length))
    const flags = numbersOf(asList(chunk.getColumnVector(4)), (length) => new Uint8Array(length))
    const prompts = numbersOf(asList(chunk.getColumnVector(5)), (length) => new Uint16Array(length))
    const gapUs = numbersOf(gaps, (length) => new Float64Array(length))
    const atNs = new Float64Array(gapUs.values.length)
    for (let row = 0; row < chunk.rowCount; row++) {
      const start = gapUs.start(row)
      const end = start + gapUs.length(row)
      const firstNs = Number(firsts.getItem(row) ?? 0)
      let sumUs = 0
      for (let i = start; i < end; i++) {
        sumUs += gapUs.values[i] ?? 0
        atNs[i] = firstNs + sumUs * NS_PER_US
      }
      all.push({
        request: Number(requests.getItem(row)),
        columns: {
          atNs: atNs.subarray(start, end),
          tokens: tokens.of(row),
          flags: flags.of(row),
          ...(prompts.length(row) === 0 ? {} : { prompt: prompts.of(row) }),
        },
      })
    }
  }
  return all
}

/** The elements of a list column in one array, and where each row's lie. */
function numbersOf<T extends Float64Array | Uint16Array | Uint8Array>(
  list: DuckDBListVector,
  make: (length: number) => T,
) {
  const elements = list.childVector
  const values = make(elements.itemCount)
  for (let i = 0; i < values.length; i++) values[i] = Number(elements.getItem(i))
  const start = (row: number) => list.getEntryOffset(row)
  const length = (row: number) => list.getEntryLength(row)
  return {
    values,
    start,
    length,
    of: (row: number): T => values.subarray(start(row), start(row) + length(row)) as T,
  }
}

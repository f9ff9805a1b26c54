import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DuckDBValue, listValue } from '@duckdb/node-api'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import { eventFlags } from '../model/record.ts'
import { requestIndexOf, type Truth, type TruthRequest } from '../model/truth.ts'
import { literal, openDuckDb } from './duckdb.ts'
import { codeOf, storageError } from './storage-error.ts'
import { type Column, TableWriter } from './table-writer.ts'

const NS_PER_US = 1000
const maxUint32 = 2 ** 32 - 1
/** Of one Parquet row group, about: bounds what a writer and a reader must hold. */
const rowGroupEvents = 1_000_000

/** Columns of truth.parquet, as docs/reference-server.md lists them; the lists are those of events.parquet. */
const truthTable: readonly Column[] = [
  { name: 'request_id', type: 'VARCHAR' },
  { name: 'request', type: 'UINTEGER' },
  { name: 'connection', type: 'UINTEGER' },
  { name: 'position', type: 'UINTEGER' },
  { name: 'fault', type: 'VARCHAR' },
  { name: 'arrival_ns', type: 'BIGINT' },
  { name: 'headers_ns', type: 'BIGINT' },
  { name: 'first_ns', type: 'BIGINT' },
  { name: 'gap_us', type: 'UINTEGER[]' },
  // A whole reply is one event: uint16 would not do.
  { name: 'tokens', type: 'UINTEGER[]' },
  { name: 'flags', type: 'UTINYINT[]' },
  { name: 'prompt', type: 'USMALLINT[]' },
  { name: 'complete', type: 'BOOLEAN' },
]

/**
 * Writes what a reference server logged as a Parquet file in the layout of events.parquet, a row a request in order
 * of arrival. Replaces the file as a whole. Loads DuckDB: never in a process that makes load.
 * @throws AssayError `storage`
 */
export async function writeTruth(path: string, truth: Truth): Promise<void> {
  const spill = `${path}.spill`
  const temporary = `${path}.tmp`
  try {
    const { listValue } = await import('@duckdb/node-api')
    const database = await openDuckDb({
      memoryShare: 0.5,
      memoryLimitMb: 2048,
      threads: 1,
      tempFolder: spill,
    })
    try {
      const { connection } = database
      const table = await TableWriter.create(connection, 'truth', truthTable)
      let events = 0
      for (const request of truth.requests) {
        events += request.eventNs.length
        table.add(truthRow(request, listValue), 3 * request.eventNs.length)
      }
      table.close()
      const { epochMonotonicNs, unlogged, requests } = truth
      await connection.run(`COPY truth TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd,
        ROW_GROUP_SIZE ${rowGroupSize(requests.length, events)},
        KV_METADATA {epoch_monotonic_ns: ${literal(epochMonotonicNs)}, unlogged: ${literal(`${unlogged}`)}})`)
    } finally {
      database.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw asStorageError('write', path, error)
  } finally {
    await rm(spill, { recursive: true, force: true }).catch(() => {})
  }
}

/**
 * Reads what `writeTruth` wrote. Arrival, head and first event come back to the nanosecond, later events to within
 * half a microsecond, everything else as it was.
 * @throws AssayError `not-a-truth` for another Parquet file, `storage`
 */
export async function readTruth(path: string): Promise<Truth> {
  try {
    const database = await openDuckDb({ memoryShare: 0.5, memoryLimitMb: 512, threads: 1 })
    try {
      const { connection } = database
      const reader = await connection.runAndReadAll(
        `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${literal(path)})`,
      )
      const stated = new Map(reader.getRowsJS().map(([key, value]) => [String(key), String(value)]))
      const epochMonotonicNs = stated.get('epoch_monotonic_ns')
      if (epochMonotonicNs === undefined) throw noTruth(path)
      const requests: TruthRequest[] = []
      const names = truthTable.map(({ name, type }) => (type === 'BIGINT' ? `${name}::DOUBLE` : name))
      const result = await connection.stream(`SELECT ${names.join(', ')} FROM ${literal(path)}`)
      for await (const chunk of result) {
        const columns: readonly DuckDBValue[][] = chunk.getColumns()
        for (let row = 0; row < chunk.rowCount; row++) requests.push(requestOf(columns, row))
      }
      return { epochMonotonicNs, requests, unlogged: Number(stated.get('unlogged') ?? 0) }
    } finally {
      database.close()
    }
  } catch (error) {
    throw asStorageError('read', path, error)
  }
}

function truthRow(request: TruthRequest, makeList: typeof listValue): DuckDBValue[] {
  const { requestId, eventNs, eventTokens } = request
  const firstNs = eventNs[0]
  const gaps: number[] = []
  const flags: number[] = []
  // As in events.parquet: differences of rounded distances from the first event, so that errors do not add up.
  let sumUs = 0
  for (const [event, atNs] of eventNs.entries()) {
    const atUs = Math.round((atNs - (firstNs ?? 0)) / NS_PER_US)
    const gapUs = Math.min(Math.max(atUs - sumUs, 0), maxUint32)
    gaps.push(gapUs)
    sumUs += gapUs
    const carries = eventTokens?.[event] === 0 ? eventFlags.empty : eventFlags.content
    flags.push(event > 0 && atNs === eventNs[event - 1] ? carries | eventFlags.coalesced : carries)
  }
  return [
    requestId ?? null,
    requestIndexOf(requestId) ?? null,
    request.connection,
    request.position,
    request.fault ?? null,
    bigintOf(request.arrivalNs),
    bigintOf(request.headersNs),
    bigintOf(firstNs),
    makeList(gaps),
    makeList(eventTokens === undefined ? gaps.map(() => 1) : [...eventTokens]),
    makeList(flags),
    request.eventPrompts === undefined ? null : makeList([...request.eventPrompts]),
    request.complete,
  ]
}

function requestOf(columns: readonly DuckDBValue[][], row: number): TruthRequest {
  const value = (name: string) => columns[truthTable.findIndex((column) => column.name === name)]?.[row]
  const text = (name: string) => optional(value(name), String)
  const number = (name: string) => optional(value(name), Number)
  const requestId = text('request_id')
  const fault = text('fault')
  const headersNs = number('headers_ns')
  const firstNs = number('first_ns') ?? 0
  const tokens = numbersOf(value('tokens'))
  const prompts = numbersOf(value('prompt'))
  let sumUs = 0
  return {
    ...(requestId === undefined ? {} : { requestId }),
    connection: number('connection') ?? 0,
    position: number('position') ?? 0,
    ...(fault === undefined ? {} : { fault }),
    arrivalNs: number('arrival_ns') ?? 0,
    ...(headersNs === undefined ? {} : { headersNs }),
    eventNs: numbersOf(value('gap_us')).map((gapUs) => {
      sumUs += gapUs
      return firstNs + sumUs * NS_PER_US
    }),
    ...(tokens.every((count) => count === 1) ? {} : { eventTokens: tokens }),
    ...(prompts.length === 0 ? {} : { eventPrompts: prompts }),
    tokens: tokens.reduce((sum, count) => sum + count, 0),
    complete: value('complete') === true,
  }
}

function optional<T>(value: DuckDBValue | undefined, convert: (value: DuckDBValue) => T): T | undefined {
  return value === null || value === undefined ? undefined : convert(value)
}

function numbersOf(value: DuckDBValue | undefined): number[] {
  const isList = typeof value === 'object' && value !== null && 'items' in value
  return isList && Array.isArray(value.items) ? value.items.map(Number) : []
}

function bigintOf(ns: number | undefined): bigint | null {
  return ns === undefined ? null : BigInt(Math.round(ns))
}

/** Rows of a row group: a multiple of DuckDB's vector size, fewer the more events they have. */
function rowGroupSize(rows: number, events: number): number {
  const perVector = 2048 * Math.max(1, events / Math.max(1, rows))
  return 2048 * Math.min(Math.max(1, Math.floor(rowGroupEvents / perVector)), 60)
}

function noTruth(path: string): AssayError {
  return new AssayError('not-a-truth', `${path} holds no truth of a reference server.`, {
    hint: 'Give a file that assay reference serve --truth wrote.',
  })
}

function asStorageError(doing: string, path: string, error: unknown): unknown {
  if (error instanceof AssayError) return error
  if (codeOf(error) !== undefined) return storageError(doing, path, error)
  // DuckDB tells a full disk or an absent file in words only.
  return new AssayError('storage', `Cannot ${doing} ${path}: ${messageOf(error)}`, {
    hint: `Check the disk and the permissions of ${dirname(path)}.`,
    exitCode: exitCodes.storage,
    cause: error,
  })
}

/** A value of a table: whole numbers beyond 2^53 and times are texts, lists and structs are plain data. */
export type TableValue =
  | string
  | number
  | boolean
  | null
  | readonly TableValue[]
  | { readonly [key: string]: TableValue }

/** Reads tables of any size, Parquet or CSV by the ending of the name. Throws `input-file` with the path. */
export interface TableReader {
  columns(path: string): Promise<readonly string[]>
  /** The rows in the order of the file, a value for each column asked for; of CSV every value is text. */
  rows(path: string, columns: readonly string[]): AsyncIterable<readonly TableValue[]>
}

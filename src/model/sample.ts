/** One reading of a server, a GPU, the host, or Assay itself. */
export interface Sample {
  /** `server`, `host`, `self` … and which of them: `server:0`. */
  readonly source: string
  /** Name as the source gives it. */
  readonly metric: string
  /** Ns since the run's epoch. */
  readonly atNs: number
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

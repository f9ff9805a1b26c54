/** A doubt about a run, with advice. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly code: string
  readonly severity: 'invalid' | 'warning' | 'note'
  /** Run id; absent: the whole study. */
  readonly run?: string
  /** What is doubtful, with the numbers. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
}

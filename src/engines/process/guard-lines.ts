/** What a guard is told, in one JSON line: not in its arguments, which everyone on the host can read. */
export interface GuardOrder {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Unique text that marks the engine's processes. */
  readonly mark: string
  readonly patienceMs: number
}

/** What a guard tells, one JSON line each. */
export type GuardLine =
  | { readonly started: number }
  /** The program could not be started, and why. */
  | { readonly failed: string }
  /** The engine ended, and how. */
  | { readonly exited: string }
  /** Processes that would not end. */
  | { readonly left: readonly number[] }

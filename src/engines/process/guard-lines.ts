/** What the guard of a process is told, in one JSON line: not in its arguments, which everyone on the host can read. */
export interface GuardOrder {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Unique text that marks the engine's processes. */
  readonly mark: string
  readonly patienceMs: number
}

/** What a guard tells, one JSON line each. `Id`: what its charge is known by, a process's number or a container's name. */
export type GuardLine<Id> =
  | { readonly started: Id }
  /** What could not be started, and why. */
  | { readonly failed: string; readonly code?: string; readonly hint?: string }
  /** The engine ended, and how. */
  | { readonly exited: string }
  /** What would not end. */
  | { readonly left: readonly Id[] }

/** How a program ends that did what it should. */
export const wellEnded = 'it ended with code 0'

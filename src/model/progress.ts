import type { Cell } from './study.ts'

/** A lossy snapshot of a running load; nothing waits for it. */
export interface Progress {
  readonly stage: 'warmup' | 'measure' | 'drain'
  /** Seconds since the load began. */
  readonly elapsedS: number
  /** Seconds since the measured phase began; absent before. */
  readonly measuredS?: number
  /** Of the measured phase, as far as the load states it. */
  readonly durationS?: number
  /** Requests the whole load will send, warm-up included; absent when time decides. */
  readonly planned?: number
  readonly sent: number
  readonly inFlight: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly dropped: number
  /** Over about the last two seconds; absent when nothing happened in them. */
  readonly requestsPerSecond?: number
  readonly outputTokensPerSecond?: number
  /** Mean over about the last two seconds. */
  readonly ttftMs?: number
  readonly itlMs?: number
}

/** What a study tells whoever watches it: the terminal, a log, a test. */
export interface StudyObserver {
  /** Something that takes a while begins: "starting the embedded engine". */
  step(message: string): void
  /** A run begins: number `position` (from 1) of `total`. `progress` may be called at any time until it ends. */
  runStarted(run: {
    readonly id: string
    readonly position: number
    readonly total: number
    readonly cell: Cell
    progress(): Progress
  }): void
  runEnded(id: string): void
  /** Something the user should know at once. */
  notice(message: string): void
}

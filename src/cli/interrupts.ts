import { exitCodes } from '../model/errors.ts'
import type { StudyControl } from '../study/stopping.ts'

/** Where signals come from and what ends the process: `process`, or a double in tests. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): void
}

export interface InterruptOptions {
  readonly signals: SignalSource
  /** Tells the user what their Ctrl-C does. */
  say(message: string): void
  /** Seconds that requests in flight may still take; absent when no load is running. */
  drainS(): number | undefined
}

/** Follows Ctrl-C: once stops, twice cancels, three times exits. SIGTERM counts the same. */
export interface Interrupts {
  /** From now on there is a study that can be stopped. */
  follow(control: StudyControl): void
  close(): void
}

/** Listens until closed. Before there is a study, a signal ends the process at once. */
export function watchInterrupts({ signals, say, drainS }: InterruptOptions): Interrupts {
  let control: StudyControl | undefined
  let presses = 0
  const press = () => {
    presses++
    if (control === undefined || presses > 2) {
      signals.exit(exitCodes.interrupted)
    } else if (presses === 1) {
      const seconds = drainS()
      say(
        seconds === undefined
          ? 'stopping; press Ctrl-C twice more to exit at once'
          : `stopping: waiting up to ${seconds} s for requests in flight; press Ctrl-C again to cancel them`,
      )
      control.stop()
    } else {
      say('cancelling requests in flight; press Ctrl-C again to exit without a report')
      control.cancel()
    }
  }
  signals.on('SIGINT', press)
  signals.on('SIGTERM', press)
  return {
    follow(next) {
      control = next
    },
    close() {
      signals.off('SIGINT', press)
      signals.off('SIGTERM', press)
    },
  }
}

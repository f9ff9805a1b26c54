import type { Command } from 'commander'
import type { ExitCode } from '../model/errors.ts'
import type { Terminal } from './terminal.ts'

/** What a command may touch of the process it runs in. */
export interface CliContext {
  readonly terminal: Terminal
  /** The words after `assay`, as typed. */
  readonly argv: readonly string[]
  /** Sets the exit code; the process ends when nothing keeps it. */
  exitWith(code: ExitCode): void
}

/** Adds one command, with its flags, help and examples, to the program. */
export type AddCommand = (program: Command, context: CliContext) => void

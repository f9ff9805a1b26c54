#!/usr/bin/env node
import { type ExitCode, exitCodes } from '../model/errors.ts'
import type { CliContext } from './context.ts'
import { errorText } from './print-error.ts'
import { makeProgram } from './program.ts'
import { makeTerminal } from './terminal.ts'

/** Entry of the command: the only place that prints errors and decides how the process ends. */
async function main(): Promise<void> {
  const { stdout, stderr, env } = process
  for (const stream of [stdout, stderr]) stream.on('error', endQuietly)
  const context: CliContext = {
    terminal: makeTerminal(stdout, stderr, env),
    argv: process.argv.slice(2),
    exitWith(code: ExitCode) {
      process.exitCode = code
    },
  }
  process.on('uncaughtException', (error) => {
    // Last of the exit listeners: after the live view, which would draw over it.
    process.on('exit', () => fail(error, context))
    process.exit(exitCodes.internal)
  })
  try {
    await makeProgram(context).parseAsync(process.argv)
  } catch (error) {
    fail(error, context)
  }
}

function fail(error: unknown, { terminal, exitWith }: CliContext): void {
  const style = { colours: terminal.errColours, debug: isSet(process.env.ASSAY_DEBUG) }
  const { text, exitCode } = errorText(error, style)
  if (text !== '') terminal.err(text)
  exitWith(exitCode)
}

/** Whoever read the output has gone (`assay report x | head`): nothing to say, and nobody to say it to. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit()
  throw error
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0'
}

await main()

import { readFileSync } from 'node:fs'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Audit } from './audit.ts'
import { commandLine } from './command-words.ts'
import type { CommandEnd } from './run-command.ts'

const tailLines = 15
const tailColumns = 300

/** Why a command that has ended is no good, with what it said last; `undefined` when it is, or the user ended it. */
export function commandFailure(
  end: CommandEnd,
  about: {
    readonly words: readonly string[]
    readonly logFile: string
    readonly simulated: Audit['simulated']
    readonly sentNothing: boolean
  },
): AssayError | undefined {
  const { words, logFile, simulated, sentNothing } = about
  if (end.interrupted || (end.code === 0 && !sentNothing)) return undefined
  const how =
    end.code === undefined ? `was ended by ${end.signal ?? 'a signal'}` : `ended with code ${end.code}`
  const message = end.code === 0 ? 'The command ended well but sent no request.' : `The command ${how}.`
  const lines = readFileSync(logFile, 'utf8').trimEnd().split(/\r?\n/).slice(-tailLines)
  const tail = lines.map((line) => `    ${line.slice(0, tailColumns)}`).join('\n')
  const serve = `assay reference serve --ttft ${simulated.ttftMs} --itl ${simulated.itlMs}`
  return new AssayError(
    sentNothing ? 'audit-nothing-sent' : 'audit-command-failed',
    `${message} It was:\n    ${commandLine(words)}\nIts last words:\n${tail}`,
    {
      hint: `Its whole log: ${logFile}. To try the command by hand, serve what it measured: ${serve}`,
      exitCode: exitCodes.target,
    },
  )
}

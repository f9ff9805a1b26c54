import type { CommanderError } from 'commander'
import picocolors from 'picocolors'
import { AssayError, type ExitCode, exitCodes, messageOf } from '../model/errors.ts'

/** What the user reads of an error (nothing when `text` is empty) and the code the process ends with. */
export interface ErrorText {
  readonly text: string
  readonly exitCode: ExitCode
}

/** How errors are shown. */
export interface ErrorStyle {
  readonly colours: boolean
  /** ASSAY_DEBUG: stacks are shown. */
  readonly debug: boolean
}

/** Turns anything thrown into `error:` and `hint:` lines. */
export function errorText(error: unknown, style: ErrorStyle): ErrorText {
  if (error instanceof AssayError) {
    return { text: lines(error.message, error.hint, error, style), exitCode: error.exitCode }
  }
  if (isCommanderError(error)) {
    // Help and version were asked for and are printed already; so is the help for want of a command.
    if (error.exitCode === 0) return { text: '', exitCode: exitCodes.ok }
    if (error.code === 'commander.help') return { text: '', exitCode: exitCodes.usage }
    const { message, hint } = usageMistake(error.message)
    return { text: lines(message, hint, undefined, style), exitCode: exitCodes.usage }
  }
  const hint = 'This is a defect of Assay. ASSAY_DEBUG=1 shows where it happened.'
  const text = lines(messageOf(error), style.debug ? undefined : hint, error, style)
  return { text, exitCode: exitCodes.internal }
}

function lines(message: string, hint: string | undefined, cause: unknown, style: ErrorStyle): string {
  const { red, cyan } = picocolors.createColors(style.colours)
  const all = [`${red('error:')} ${message}`]
  if (hint !== undefined) all.push(`${cyan('hint:')} ${hint}`)
  if (style.debug && cause !== undefined) all.push(stackText(cause))
  return `${all.join('\n')}\n`
}

/** commander puts a prefix before its message, and its suggestion in brackets behind it. */
function usageMistake(text: string): { readonly message: string; readonly hint: string } {
  const bare = text.replace(/^error: /, '')
  const [behind, suggestion] = /\s*\((Did you mean [^)]*)\)\s*$/.exec(bare) ?? []
  return {
    message: behind === undefined ? bare : bare.slice(0, -behind.length),
    hint: suggestion ?? 'assay --help lists the commands, assay COMMAND --help the flags of one.',
  }
}

// Not by class: a process may hold two copies of commander, one of them the completion's.
function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}

/** The stack and those of its causes. */
function stackText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackText(error.cause)}`
}

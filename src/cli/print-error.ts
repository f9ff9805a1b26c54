import { createColors } from 'picocolors'
import { AssayError, type ExitCode, exitCodes, messageOf } from '../model/errors.ts'
import { wantsColour } from './colour.ts'

/** Tells an error on stderr, with the next step, and returns the exit code it asks for. */
export function printError(error: unknown): ExitCode {
  const { red, bold, dim } = createColors(wantsColour(process.stderr))
  const write = (text: string) => process.stderr.write(`${text}\n`)
  if (error instanceof AssayError) {
    write(`${bold(red('error:'))} ${error.message}`)
    if (error.hint !== undefined) write(`${bold('hint:')} ${error.hint}`)
    if (process.env.ASSAY_DEBUG === '1') write(dim(error.stack ?? ''))
    return error.exitCode
  }
  write(`${bold(red('error:'))} ${messageOf(error)}`)
  if (process.env.ASSAY_DEBUG === '1') write(dim(error instanceof Error ? (error.stack ?? '') : ''))
  else write(`${bold('hint:')} This is a defect of Assay. ASSAY_DEBUG=1 shows where it happened.`)
  return exitCodes.internal
}

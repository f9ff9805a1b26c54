import { spawn } from 'node:child_process'
import { AssayError, exitCodes } from '../../model/errors.ts'

/** Kept of a program's output, for the error's sake. */
const outputLimit = 2000

/** Runs a program to its end. Throws `setup-failed` with the end of its output. */
export function runProgram(program: string, args: readonly string[], hint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputLimit)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const failed = (why: string, cause?: unknown) =>
      reject(
        new AssayError('setup-failed', `${program} ${args[1] ?? ''}: ${why}\n${output.trim()}`, {
          hint,
          exitCode: exitCodes.target,
          cause,
        }),
      )
    child.once('error', (error) => failed(error.message, error))
    child.once('close', (code) => (code === 0 ? resolve() : failed(`it ended with code ${code}.`)))
  })
}

import { AssayError, type ExitCode, exitCodes, messageOf } from '../../model/errors.ts'

/** What the server's process tells the one that started it: one JSON line each, on stdout. */
export type ChildLine =
  | { readonly progress: string }
  | { readonly ready: Ready }
  | { readonly error: ChildError }

export interface Ready {
  readonly port: number
  readonly model: string
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  readonly notices: readonly string[]
}

interface ChildError {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly exitCode: ExitCode
}

/** An error as it crosses to the parent. */
export function toChildError(error: unknown): ChildError {
  if (!(error instanceof AssayError)) {
    return { code: 'embedded-failed', message: messageOf(error), exitCode: exitCodes.target }
  }
  const { code, message, hint, exitCode } = error
  return { code, message, exitCode, ...(hint === undefined ? {} : { hint }) }
}

/** The error in the parent. */
export function fromChildError({ code, message, hint, exitCode }: ChildError): AssayError {
  return new AssayError(code, message, { exitCode, ...(hint === undefined ? {} : { hint }) })
}

/** The exit codes of the command, documented in docs/exit-codes.md. */
export const exitCodes = {
  ok: 0,
  /** The tool itself broke. */
  internal: 1,
  /** A mistake in the command line, the study file or an input file. */
  usage: 2,
  /** A target could not be reached, refused its smoke request, or could not be started. */
  target: 3,
  /** The run ended early by a safety stop; what was measured is on disk. */
  aborted: 4,
  /** Files could not be written or read. */
  storage: 5,
  /** Interrupted by Ctrl-C; what was measured is on disk. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What went wrong, for people (message, hint) and for programs (code, exitCode). */
export class AssayError extends Error {
  /** Stable, kebab-case: `unknown-key`, `target-unreachable` … */
  readonly code: string
  /** The next step the user can take. */
  readonly hint: string | undefined
  readonly exitCode: ExitCode

  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AssayError'
    this.code = code
    this.hint = options.hint
    this.exitCode = options.exitCode ?? exitCodes.usage
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Replaces every secret in a text, so that errors, logs and artefacts can be written. Short ones (< 4) stay. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '[redacted]')
  return clean
}

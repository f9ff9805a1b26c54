import { AssayError, exitCodes } from '../../model/errors.ts'
import { getPage } from './get-page.ts'
import type { Guarded } from './guard.ts'

const pollMs = 100
const tellEveryMs = 10_000

export interface ReadyOptions {
  /** What errors call it: "vllm", "vllm (2 of 2)". */
  readonly name: string
  /** Page that answers 200 once it is ready. */
  readonly url: string
  readonly timeoutS: number
  readonly signal: AbortSignal | undefined
  progress(message: string): void
  /** The end of its log, for errors. */
  logTail(): string
  readonly logFile: string
}

/**
 * Resolves when the engine answers: its log is never trusted with that.
 * Throws `engine-ended`, `engine-not-ready` and `interrupted`.
 */
export async function whenReady(guarded: Guarded, options: ReadyOptions): Promise<void> {
  const { name, url, timeoutS, signal, progress } = options
  let ended: string | undefined
  void guarded.exited.then((how) => {
    ended = how
  })
  const withLog = (message: string) => {
    const tail = options.logTail()
    return tail === '' ? message : `${message} Its last words:\n${tail}`
  }
  const hint = `Its log says more: ${options.logFile}`
  const exitCode = exitCodes.target
  for (let waitedMs = 0; waitedMs < timeoutS * 1000; waitedMs += pollMs) {
    if (signal?.aborted) {
      const message = `Interrupted while ${name} started.`
      throw new AssayError('interrupted', message, { exitCode: exitCodes.interrupted })
    }
    const page = await getPage(url)
    // Looked at after the page: another server may have answered in place of one that could not listen.
    await pause()
    if (ended !== undefined) {
      throw new AssayError('engine-ended', withLog(`${name} did not start: ${ended}.`), { hint, exitCode })
    }
    if (page?.status === 200) return
    if (waitedMs > 0 && waitedMs % tellEveryMs === 0) progress(`waiting for ${name} (${waitedMs / 1000} s)`)
  }
  const message = withLog(`${name} did not answer at ${url} within ${timeoutS} s.`)
  throw new AssayError('engine-not-ready', message, {
    hint: `Give it longer with startTimeout. ${hint}`,
    exitCode,
  })
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs))
}

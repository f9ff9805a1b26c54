import { statSync } from 'node:fs'
import type { StartContext } from '../../model/engine.ts'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { startGuarded } from '../process/guard.ts'
import { wellEnded } from '../process/guard-lines.ts'
import { logTail } from '../process/log-tail.ts'
import type { BuildStep } from '../recipe.ts'
import { warningsIn } from './warnings.ts'

const patienceMs = 5000
const tellEveryMs = 30_000

/** What a step is run with. */
export interface StepContext extends Pick<StartContext, 'progress' | 'secrets' | 'signal'> {
  readonly logFile: string
  /** "step 2 of 3 (build)". */
  readonly title: string
  /** How to begin the build again. */
  readonly again: string
}

/**
 * Runs one step to its end, under guard: it ends with Assay. Gives the warnings of its output. Throws `build-failed` with
 * the log's end, and `interrupted`.
 */
export async function runStep({ command }: BuildStep, context: StepContext): Promise<readonly string[]> {
  const { logFile, title, progress, secrets = [], signal } = context
  const from = statSync(logFile).size
  const guarded = await startGuarded(command, logFile, patienceMs).catch((cause: unknown) => {
    throw failed(context, messageOf(cause), `Is ${command.words[0] ?? ''} there, and can it be run?`)
  })
  let waitedMs = 0
  const timer = setInterval(() => {
    waitedMs += tellEveryMs
    progress(`${title}: ${waitedMs / 1000} s so far`)
  }, tellEveryMs)
  let stopped = () => {}
  const aborted = new Promise<void>((resolve) => {
    stopped = resolve
    signal?.addEventListener('abort', () => resolve(), { once: true })
    if (signal?.aborted) resolve()
  })
  try {
    const how = await Promise.race([guarded.exited, aborted])
    if (how === undefined) {
      throw new AssayError('interrupted', `Interrupted in ${title}.`, { exitCode: exitCodes.interrupted })
    }
    if (how !== wellEnded) {
      throw failed(context, how, `Its log says more: ${logFile}. When the cause is mended: ${context.again}.`)
    }
    return await warningsIn(logFile, from, secrets)
  } finally {
    clearInterval(timer)
    stopped()
    await guarded.stop()
  }
}

function failed({ title, logFile, secrets = [] }: StepContext, how: string, hint: string): AssayError {
  const tail = logTail(logFile, secrets)
  const message = `The build failed in ${title}: ${how}.`
  return new AssayError('build-failed', tail === '' ? message : `${message} Its last words:\n${tail}`, {
    hint,
    exitCode: exitCodes.target,
  })
}

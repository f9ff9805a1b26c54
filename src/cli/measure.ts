import { join } from 'node:path'
import { makeClock, wallTime } from '../model/clock.ts'
import { type ExitCode, exitCodes } from '../model/errors.ts'
import type { Study } from '../model/study.ts'
import { runStudy, type StudyOutcome } from '../study/run-study.ts'
import type { CliContext } from './context.ts'
import { watchInterrupts } from './interrupts.ts'
import { askLaunch } from './launch-leave.ts'
import { defaultOutFolder } from './out-folder.ts'
import { makeProgressView } from './progress-view.ts'
import { repeatCommand } from './repeat-command.ts'
import type { RunFlags } from './run-flags.ts'

/** A study to run and what the command line says about its results. */
export interface MeasureOrder {
  readonly study: Study
  readonly secrets: readonly string[]
  /** Part of the default folder's name. */
  readonly name: string
  readonly layout: 'run' | 'study'
  readonly flags: RunFlags
}

/** Runs a study with progress on stderr and its report on stdout; Ctrl-C ends it early. Gives the exit code. */
export async function measure(order: MeasureOrder, context: CliContext): Promise<ExitCode> {
  const { study, secrets, layout, flags } = order
  const { terminal, argv } = context
  const view = makeProgressView(terminal, makeClock(), flags.quiet === true)
  const interrupts = watchInterrupts({ signals: process, say: view.notice, drainS: view.drainS })
  let outcome: StudyOutcome
  try {
    outcome = await runStudy({
      study,
      secrets,
      folder: flags.out ?? defaultOutFolder(wallTime(), order.name),
      layout,
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      calibrate: flags.calibrate ?? 'auto',
      observer: view,
      repeatCommand: repeatCommand(argv, secrets),
      mayLaunch: (commands) => askLaunch(commands, flags.allowLaunch === true, terminal),
      onControl: interrupts.follow,
    })
  } finally {
    view.close()
    interrupts.close()
  }
  const { showReport } = await import('./show-report.ts')
  showReport(outcome.report, flags.json === true, terminal)
  if (flags.quiet !== true) terminal.err(closing(outcome))
  return exitCodeOf(outcome)
}

function closing({ ended, endedReason, folder }: StudyOutcome): string {
  const early =
    ended === 'completed' ? '' : `Ended early${endedReason === undefined ? '' : `: ${endedReason}`}\n`
  return `${early}Report: ${join(folder, 'report.html')}\n`
}

/** What a script learns from how a study ended. */
export function exitCodeOf({ ended }: Pick<StudyOutcome, 'ended'>): ExitCode {
  switch (ended) {
    case 'completed':
      return exitCodes.ok
    case 'interrupted':
      return exitCodes.interrupted
    case 'safety-stop':
      return exitCodes.aborted
    case 'storage':
      return exitCodes.storage
    case 'crashed':
      return exitCodes.internal
    default:
      return ended satisfies never
  }
}

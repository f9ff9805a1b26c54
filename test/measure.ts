import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { StudyObserver } from '../src/model/progress.ts'
import type { RunData } from '../src/model/run-data.ts'
import { type QuickFlags, quickStudy } from '../src/spec/index.ts'
import { readRun } from '../src/store/index.ts'
import { runStudy, type StudyOutcome } from '../src/study/run-study.ts'
import type { StudyControl } from '../src/study/stopping.ts'

/** An observer that sees nothing. */
export const blind: StudyObserver = {
  step: () => {},
  runStarted: () => {},
  runEnded: () => {},
  notice: () => {},
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs what `assay quick` would run, in this process, and reads its records back. */
export async function measure(
  flags: QuickFlags,
  options: {
    readonly workers?: number
    onControl?(control: StudyControl): void
    readonly timeoutS?: number
    readonly drainS?: number
  } = {},
): Promise<{ readonly outcome: StudyOutcome; readonly data: RunData; readonly folder: string }> {
  const { study, secrets } = quickStudy(flags)
  const folder = join(temporaryFolder(), 'run')
  const { timeoutS, drainS, ...rest } = options
  const outcome = await runStudy({
    study: {
      ...study,
      targets: study.targets.map((target) => (timeoutS === undefined ? target : { ...target, timeoutS })),
      loads: study.loads.map((load) => (drainS === undefined ? load : { ...load, drainS })),
    },
    secrets,
    folder,
    layout: 'run',
    observer: blind,
    repeatCommand: 'assay quick',
    ...rest,
  })
  return { outcome, data: await readRun(folder), folder }
}

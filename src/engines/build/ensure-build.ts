import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { buildNotice } from '../../model/build-notice.ts'
import { makeClock } from '../../model/clock.ts'
import type { StartContext } from '../../model/engine.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { LaunchOptions } from '../launch-options.ts'
import { writeFiles } from '../process/write-files.ts'
import type { Recipe } from '../recipe.ts'
import { type BuildPlan, plannedBuild } from './build-plan.ts'
import { type BuildRecord, readRecord, writeRecord } from './build-record.ts'
import { holdBuild } from './hold-build.ts'
import { runStep } from './run-step.ts'

/** An engine's files, made from a model. */
export interface WholeBuild {
  readonly folder: string
  readonly seconds: number
  /** What it warned of, for the reports of all that use it. */
  readonly notices: readonly string[]
}

type BuildContext = Pick<StartContext, 'progress' | 'secrets' | 'signal'>

/**
 * The build of a recipe under these options, made first when it is not there; `undefined` when there is nothing to build.
 * Throws `build-failed`, `build-busy` and `interrupted`; then nothing counts as whole.
 */
export async function ensureBuild(
  recipe: Recipe,
  options: LaunchOptions,
  context: BuildContext,
): Promise<WholeBuild | undefined> {
  const plan = plannedBuild(recipe, options)
  if (plan === undefined) return undefined
  const known = readRecord(plan.folder)
  if (known !== undefined) {
    context.progress(`the build of ${recipe.name} is there already: ${plan.folder}`)
    return wholeBuild(plan.folder, known)
  }
  mkdirSync(dirname(plan.folder), { recursive: true })
  const release = holdBuild(plan.folder)
  try {
    return wholeBuild(plan.folder, await make(recipe, plan, context))
  } catch (error) {
    // After a failure its files may help; an interrupted build would only take up space.
    if (error instanceof AssayError && error.exitCode === exitCodes.interrupted) {
      rmSync(plan.folder, { recursive: true, force: true })
    }
    throw error
  } finally {
    release()
  }
}

async function make(recipe: Recipe, { build, folder, logFile }: BuildPlan, context: BuildContext) {
  // What an earlier one left that did not come to its end.
  rmSync(folder, { recursive: true, force: true })
  writeFiles(folder, build.files)
  writeFileSync(logFile, '')
  const clock = makeClock()
  const steps: { name: string; seconds: number }[] = []
  const warnings = new Set<string>()
  for (const [i, step] of build.steps.entries()) {
    const title = `step ${i + 1} of ${build.steps.length} (${step.name})`
    context.progress(`building ${recipe.name}: ${title}; log: ${logFile}`)
    const beganNs = clock.now()
    const again = `assay engines build ${recipe.name}, with the same options`
    for (const line of await runStep(step, { ...context, logFile, title, again })) warnings.add(line)
    const seconds = Math.round((clock.now() - beganNs) / 1e8) / 10
    steps.push({ name: step.name, seconds })
    context.progress(`${title} took ${seconds} s`)
  }
  const record: BuildRecord = { steps, warnings: [...warnings].slice(0, 20) }
  writeRecord(folder, record)
  return record
}

function wholeBuild(folder: string, { steps, warnings }: BuildRecord): WholeBuild {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0)
  return { folder, seconds: Math.round(seconds * 10) / 10, notices: warnings.map(buildNotice) }
}

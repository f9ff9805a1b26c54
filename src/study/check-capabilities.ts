import { loadDialect } from '../dialects/index.ts'
import type { Dialect } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload, Request } from '../model/request.ts'
import type { Study } from '../model/study.ts'
import type { Target } from '../model/target.ts'
import { samplingKeys } from '../model/workload.ts'
import { readRequest } from '../workloads/frozen.ts'

/** What a target's dialect cannot say of a workload, and the way out. */
interface Mismatch {
  readonly message: string
  readonly wayOut: string
}

/**
 * Holds every workload against the dialect of every target, before anything is sent. Targets that Assay starts itself
 * are left out, and those whose dialect depends on the model: what they speak shows when they run. Throws `beyond-dialect`, which lists all that cannot be
 * said, and `bad-dialect-option`.
 */
export async function checkCapabilities(
  { targets, workloads }: Pick<Study, 'targets' | 'workloads'>,
  frozen: ReadonlyMap<string, FrozenWorkload>,
): Promise<void> {
  const found: Mismatch[] = []
  for (const target of targets) {
    if (target.engine !== undefined) continue
    const dialect = await loadDialect(target.dialect, target.dialectOptions)
    // What its model can be asked shows when the server has been.
    if (dialect.learns !== undefined) continue
    for (const { name } of workloads) {
      const requests = frozen.get(name)
      if (requests !== undefined) found.push(...mismatches(target, dialect, name, requests))
    }
  }
  if (found.length === 0) return
  throw new AssayError('beyond-dialect', found.map(({ message }) => message).join('\n'), {
    hint: [...new Set(found.map(({ wayOut }) => wayOut))].join(' '),
  })
}

/** The study with lengths that are capped where a dialect cannot force them: for those who did not ask for either. */
export async function withinReach(study: Study): Promise<Study> {
  const reach = await Promise.all(
    study.targets.map(async ({ engine, dialect, dialectOptions }) => {
      if (engine !== undefined) return true
      return (await loadDialect(dialect, dialectOptions)).capabilities.exactLength !== undefined
    }),
  )
  if (reach.every(Boolean)) return study
  return { ...study, workloads: study.workloads.map((one) => ({ ...one, outputMode: 'up-to' as const })) }
}

function mismatches(
  { name, body }: Target,
  dialect: Dialect,
  workload: string,
  frozen: FrozenWorkload,
): Mismatch[] {
  const what = `Target "${name}" cannot run workload "${workload}":`
  const firsts = frozen.firstOfKind.map((index) => readRequest(frozen, index))
  const unsaid = firsts.flatMap((request) => [
    ...refused(dialect, { ...request, sampling: {} }, body),
    // A request that cannot be sent at all says nothing of its settings.
    ...(refused(dialect, { ...request, sampling: {} }, body).length > 0
      ? []
      : samplingKeys.flatMap((key) => {
          const value = request.sampling[key]
          return value === undefined ? [] : refused(dialect, { ...request, sampling: { [key]: value } }, body)
        })),
  ])
  const [first] = firsts
  const once = new Map(unsaid.map((one) => [one.message, one]))
  return [...once.values(), ...lengthMismatch(dialect, first)].map(({ message, wayOut }) => ({
    message: `${what} ${message}`,
    wayOut,
  }))
}

function refused(dialect: Dialect, request: Request, extra: Target['body']): Mismatch[] {
  try {
    dialect.encode(request, '', extra)
    return []
  } catch (error) {
    if (!(error instanceof AssayError)) throw error
    return [{ message: error.message, wayOut: error.hint ?? 'Drop the target.' }]
  }
}

function lengthMismatch({ name, capabilities }: Dialect, request: Request | undefined): Mismatch[] {
  if (request?.output.mode !== 'exact' || capabilities.exactLength !== undefined) return []
  return [
    {
      message: `${name} cannot force ${request.output.tokens} output tokens: outputs will stop early.`,
      wayOut: 'Ask for lengths up to a limit (output: {mode: up-to}), or drop the target.',
    },
  ]
}

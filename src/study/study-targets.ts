import { join } from 'node:path'
import { loadDialect } from '../dialects/index.ts'
import { loadEngine } from '../engines/index.ts'
import { makeClock } from '../model/clock.ts'
import type { RunningEngine } from '../model/engine.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import type { Target } from '../model/target.ts'
import { runPaths } from '../store/layout.ts'
import { readRequest } from '../workloads/frozen.ts'
import { checkContext } from './check-context.ts'
import { type PreparedTarget, prepareTarget } from './ready-target.ts'
import { smoke } from './smoke.ts'

/** Refuses engines that do not exist and options they do not have, before anything is started. */
export async function checkEngines(targets: readonly Target[]): Promise<void> {
  for (const { engine } of targets) {
    if (engine !== undefined) (await loadEngine(engine.name)).checkOptions(engine.options)
  }
}

/** The targets of a study: started and checked when first needed, stopped at its end. */
export class StudyTargets {
  readonly #folder: string
  readonly #observer: StudyObserver
  readonly #secrets: readonly string[]
  readonly #engines: RunningEngine[] = []
  readonly #prepared = new Map<string, PreparedTarget>()

  constructor(folder: string, observer: StudyObserver, secrets: readonly string[]) {
    this.#folder = folder
    this.#observer = observer
    this.#secrets = secrets
  }

  /** Starts the target if need be and sees one short request of the workload through. */
  async prepare(target: Target, workload: FrozenWorkload): Promise<PreparedTarget> {
    const known = this.#prepared.get(target.name)
    if (known !== undefined) {
      checkContext(workload, known.ready)
      return known
    }
    const engine = target.engine === undefined ? undefined : await this.#start(target, target.engine)
    const found = await prepareTarget(target, engine)
    checkContext(workload, found.ready)
    const dialect = await loadDialect(found.ready.dialect, target.dialectOptions)
    // Throws for inputs that the dialect cannot send.
    for (const index of workload.firstOfKind) dialect.encode(readRequest(workload, index), '', {})
    const { hangsUp } = await smoke({
      prepared: found,
      request: readRequest(workload, 0),
      clock: makeClock(),
      requestId: 'assay-smoke',
      secrets: this.#secrets,
    })
    const prepared = hangsUp ? withoutReuse(found) : found
    this.#prepared.set(target.name, prepared)
    return prepared
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.stop()))
  }

  async #start(target: Target, wanted: NonNullable<Target['engine']>): Promise<RunningEngine> {
    const engine = await loadEngine(wanted.name)
    this.#observer.step(`starting ${target.name} (${engine.name})`)
    const running = await engine.start(wanted.options, {
      logFile: join(runPaths(this.#folder).server, `${target.name.replaceAll(/[^\w.-]+/g, '-')}.log`),
      progress: (message) => this.#observer.step(message),
    })
    this.#engines.push(running)
    return running
  }
}

/** A server that closes a connection it said it would keep would fail every request that meets it again. */
function withoutReuse({ ready, ...prepared }: PreparedTarget): PreparedTarget {
  const notice = 'it hangs up after each reply: every request makes a connection of its own'
  return { ...prepared, ready: { ...ready, connections: 'fresh', notices: [...ready.notices, notice] } }
}

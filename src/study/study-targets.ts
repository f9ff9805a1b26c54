import { join } from 'node:path'
import { loadDialect } from '../dialects/index.ts'
import { loadEngine } from '../engines/index.ts'
import { makeClock } from '../model/clock.ts'
import type { RunningEngine } from '../model/engine.ts'
import type { Load } from '../model/load.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import type { Target } from '../model/target.ts'
import { runPaths } from '../store/layout.ts'
import { readRequest } from '../workloads/frozen.ts'
import { checkContext } from './check-context.ts'
import { mostInFlight, preflight } from './preflight.ts'
import { type PreparedTarget, prepareTarget } from './ready-target.ts'
import { smoke } from './smoke.ts'

/** The targets of a study: started and checked when first needed, stopped at its end. */
export class StudyTargets {
  readonly #folder: string
  readonly #observer: StudyObserver
  readonly #secrets: readonly string[]
  readonly #signal: AbortSignal
  /** By target. */
  readonly #engines = new Map<string, RunningEngine>()
  /** Requests in flight that a target has borne, by its name and the workload's hash. */
  readonly #borne = new Map<string, number>()
  readonly #prepared = new Map<string, PreparedTarget>()

  constructor(folder: string, observer: StudyObserver, secrets: readonly string[], signal: AbortSignal) {
    this.#folder = folder
    this.#observer = observer
    this.#secrets = secrets
    this.#signal = signal
  }

  /**
   * Starts the target if need be and sees one short request of the workload through, and its worst case where the
   * target asks for that.
   */
  async prepare(target: Target, workload: FrozenWorkload, load: Load): Promise<PreparedTarget> {
    const prepared = await this.#begin(target, workload)
    const worst = `${target.name}\n${workload.sha256}`
    const inFlight = mostInFlight(load)
    if (!target.preflight || (this.#borne.get(worst) ?? 0) >= inFlight) return prepared
    this.#observer.step(`pre-flight of ${target.name}: ${inFlight} of its heaviest requests at a time`)
    await preflight({ prepared, workload, inFlight, clock: makeClock(), secrets: this.#secrets })
    this.#borne.set(worst, inFlight)
    if (target.engine === undefined) return prepared
    // What it has cached and allocated would be in the measurement.
    await this.#end(target.name)
    return this.#begin(target, workload)
  }

  async #begin(target: Target, workload: FrozenWorkload): Promise<PreparedTarget> {
    const known = this.#prepared.get(target.name)
    if (known !== undefined) {
      checkContext(workload, known.ready)
      return known
    }
    const engine = target.engine === undefined ? undefined : await this.#start(target, target.engine)
    const found = await prepareTarget(target, engine)
    checkContext(workload, found.ready)
    const dialect = await loadDialect(found.ready.dialect, found.ready.target.dialectOptions)
    // Throws for inputs that the dialect cannot send.
    for (const index of workload.firstOfKind) dialect.encode(readRequest(workload, index), '', target.body)
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

  /** Called after each run of the target. */
  async release({ name, restart }: Target): Promise<void> {
    if (restart) await this.#end(name)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#engines.keys()].map((name) => this.#end(name)))
  }

  async #end(name: string): Promise<void> {
    const engine = this.#engines.get(name)
    this.#engines.delete(name)
    this.#prepared.delete(name)
    await engine?.stop()
  }

  async #start(target: Target, wanted: NonNullable<Target['engine']>): Promise<RunningEngine> {
    const engine = await loadEngine(wanted.name)
    this.#observer.step(`starting ${target.name} (${engine.name})`)
    const running = await engine.start(wanted.options, {
      logFile: join(runPaths(this.#folder).server, `${target.name.replaceAll(/[^\w.-]+/g, '-')}.log`),
      ...(wanted.dialect === undefined ? {} : { dialect: wanted.dialect }),
      secrets: this.#secrets,
      signal: this.#signal,
      progress: (message) => this.#observer.step(message),
    })
    this.#engines.set(target.name, running)
    return running
  }
}

/** A server that closes a connection it said it would keep would fail every request that meets it again. */
function withoutReuse({ ready, ...prepared }: PreparedTarget): PreparedTarget {
  const notice = 'it hangs up after each reply: every request makes a connection of its own'
  return { ...prepared, ready: { ...ready, connections: 'fresh', notices: [...ready.notices, notice] } }
}

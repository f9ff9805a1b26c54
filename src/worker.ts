import { parentPort, workerData } from 'node:worker_threads'
import { loadDialect } from './dialects/index.ts'
import type { Endpoint } from './dialects/transport/endpoint.ts'
import { makeWire } from './dialects/transport/index.ts'
import { SharedControl } from './load/control.ts'
import type { PoolWorkerData, StartMessage, WorkerMessage } from './load/pool.ts'
import { WorkerLoad } from './load/worker-load.ts'
import { makeClock } from './model/clock.ts'
import type { DialectOptions } from './model/dialect.ts'
import { messageOf } from './model/errors.ts'
import type { Load } from './model/load.ts'
import type { FrozenWorkload } from './model/request.ts'
import type { Capture } from './model/study.ts'
import type { Balance, TransportName } from './model/target.ts'
import { openJournal } from './store/journal.ts'
import { openHealthLog } from './store/line-log.ts'
import { warmUp } from './study/warm-up.ts'
import { watchHost } from './telemetry/host-watch.ts'
import { watchThread } from './telemetry/thread-watch.ts'
import { readRequest } from './workloads/frozen.ts'

/** Everything a load worker needs to know of its run. Lives in memory only: headers hold secrets. */
export interface WorkerPlan {
  readonly runId: string
  readonly runFolder: string
  readonly epochMonotonicNs: string
  readonly load: Load
  readonly seed: number
  readonly capture: Capture
  readonly timeoutS: number
  readonly secrets: readonly string[]
  readonly polling: boolean
  readonly dialect: string
  readonly dialectOptions: DialectOptions
  readonly endpoints: readonly Endpoint[]
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly transport: TransportName
  readonly connections: 'reuse' | 'fresh'
  readonly balance: Balance
  /** Its bytes lie in shared memory. */
  readonly workload: FrozenWorkload
}

/** Thread entry: looks names up in the tables and runs one worker's part of a load. */
async function main(): Promise<void> {
  const { control, worker, workers, data: plan } = workerData as PoolWorkerData<WorkerPlan>
  const clock = makeClock(plan.epochMonotonicNs)
  const dialect = await loadDialect(plan.dialect, plan.dialectOptions)
  await warmUp(dialect, clock)
  const wire = await makeWire(plan.transport, {
    endpoints: plan.endpoints,
    dialect,
    clock,
    model: plan.model,
    headers: plan.headers,
    body: plan.body,
    connections: plan.connections,
    balance: plan.balance,
    rawCapture: plan.capture === 'raw',
    timeoutS: plan.timeoutS,
    request: (index) => readRequest(plan.workload, index),
    requestId: (index) => `${plan.runId}-${index}`,
  })
  const load = new WorkerLoad({
    load: plan.load,
    seed: plan.seed,
    segment: { index: worker, of: workers },
    capture: plan.capture,
    timeoutS: plan.timeoutS,
    secrets: plan.secrets,
    polling: plan.polling,
    wire,
    sink: await openJournal(plan.runFolder, worker),
    health: {
      thread: watchThread(clock),
      ...(worker === 0 ? { host: watchHost() } : {}),
      sink: await openHealthLog(plan.runFolder, worker),
    },
    clock,
    control: new SharedControl(control),
  })
  await load.connect()
  const started = new Promise<StartMessage>((resolve) => parentPort?.once('message', resolve))
  say({ kind: 'ready' })
  const { startNs } = await started
  say({ kind: 'done', result: await load.run(startNs) })
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}

main().catch((error) => say({ kind: 'broken', message: messageOf(error) }))

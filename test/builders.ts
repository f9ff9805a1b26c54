// Data for tests: records, runs and samples with as few words as possible. Times are in ms, as people think.
import type { Load } from '../src/model/load.ts'
import type {
  AskedOutput,
  ErrorKind,
  EventColumns,
  Outcome,
  RequestRecord,
  TokenCount,
  TokenSource,
} from '../src/model/record.ts'
import type { Run } from '../src/model/run.ts'
import type { RunData } from '../src/model/run-data.ts'
import type { Cell } from '../src/model/study.ts'
import type { Target } from '../src/model/target.ts'
import type { WorkloadSpec } from '../src/model/workload.ts'
import { type SortedSamples, sortSamples } from '../src/stats/samples.ts'

/** Sorted samples of at least one number. */
export function samplesOf(values: readonly number[]): SortedSamples {
  const samples = sortSamples(Float64Array.from(values))
  if (samples === undefined) throw new Error('samplesOf needs at least one value')
  return samples
}

/** Token events at the given instants (ms); one content token each unless said otherwise. */
function eventsAt(
  atMs: readonly number[],
  tokens: readonly number[] = atMs.map(() => 1),
  flags: readonly number[] = atMs.map(() => 1),
  prompt?: readonly number[],
): EventColumns {
  return {
    atNs: Float64Array.from(atMs, (ms) => ms * 1e6),
    tokens: Uint16Array.from(tokens),
    flags: Uint8Array.from(flags),
    ...(prompt === undefined ? {} : { prompt: Uint16Array.from(prompt) }),
  }
}

/** What `record` takes: instants in ms, counts as numbers. */
export interface RecordInit {
  readonly index?: number
  readonly phase?: number
  readonly intended?: number
  readonly dispatched?: number
  readonly connected?: number
  readonly sent?: number
  readonly end?: number
  readonly outcome?: Outcome
  readonly input?: number | TokenCount
  readonly output?: number | TokenCount
  readonly status?: number
  /** Instants of token events (ms). */
  readonly at?: readonly number[]
  readonly tokens?: readonly number[]
  readonly flags?: readonly number[]
  /** Which prompt each event answers. */
  readonly prompt?: readonly number[]
  readonly endpoint?: number
  readonly asked?: AskedOutput
}

function count(value: number | TokenCount, source: TokenSource): TokenCount {
  return typeof value === 'number' ? { value, source } : value
}

/** A record of the measured phase, completed unless said otherwise. Absent instants stay absent. */
export function record(init: RecordInit = {}): RequestRecord {
  const ns = (ms: number) => ms * 1e6
  const dispatched = init.dispatched ?? init.sent
  return {
    index: init.index ?? 0,
    phase: init.phase ?? 1,
    endpoint: init.endpoint ?? 0,
    worker: 0,
    ...(init.intended === undefined ? {} : { intendedNs: ns(init.intended) }),
    ...(dispatched === undefined ? {} : { dispatchedNs: ns(dispatched) }),
    ...(init.connected === undefined ? {} : { connectedNs: ns(init.connected) }),
    ...(init.sent === undefined ? {} : { sentNs: ns(init.sent) }),
    ...(init.end === undefined ? {} : { endNs: ns(init.end) }),
    ...(init.status === undefined ? {} : { status: init.status }),
    outcome: init.outcome ?? { kind: 'completed' },
    ...(init.input === undefined ? {} : { inputTokens: count(init.input, 'usage') }),
    ...(init.output === undefined ? {} : { outputTokens: count(init.output, 'usage') }),
    ...(init.asked === undefined ? {} : { asked: init.asked }),
    events: eventsAt(init.at ?? [], init.tokens, init.flags, init.prompt),
  }
}

/** A failed outcome. */
export function failed(error: ErrorKind, message = ''): Outcome {
  return { kind: 'failed', error, message: message || `it was ${error}` }
}

/** A request cut by the end of the drain. */
export const cut: Outcome = { kind: 'cancelled', by: 'drain' }

/** A closed load of 8 users and 200 requests. */
export function load(init: Partial<Load> = {}): Load {
  return {
    name: 'steady',
    pacing: { kind: 'concurrency', concurrency: 8 },
    until: { requests: 200 },
    warmup: {},
    drainS: 30,
    maxInFlight: 10_000,
    ...init,
  }
}

/** A synthetic workload, 128 in and 64 out. */
export function workload(init: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    name: 'short-chat',
    source: {
      kind: 'synthetic',
      prompt: { kind: 'fixed', tokens: 128 },
      output: { kind: 'fixed', tokens: 64 },
    },
    outputMode: 'exact',
    sampling: {},
    ...init,
  }
}

/** A target at a loopback address. */
export function target(init: Partial<Target> = {}): Target {
  return {
    name: 'local',
    dialect: 'openai-chat',
    dialectOptions: {},
    urls: ['http://127.0.0.1:8000'],
    balance: 'round-robin',
    headers: {},
    transport: 'http1',
    connections: 'reuse',
    timeoutS: 600,
    body: {},
    ...init,
  }
}

/** One cell of a study. */
export function cell(init: Partial<Cell> = {}): Cell {
  return { target: target(), workload: workload(), load: load(), repeat: 0, ...init }
}

/** run.json of a run that completed. */
export function run(init: Partial<Run> = {}): Run {
  return {
    format: 1,
    id: 'run-0',
    study: 'test',
    seed: 1,
    cell: cell(),
    capture: 'none',
    assay: { version: '0.1.0' },
    clock: { epochMonotonicNs: '0', epochWall: '2026-01-02T03:04:05.000Z' },
    host: {
      hostname: 'bench',
      platform: 'linux',
      kernel: '6.1',
      arch: 'x64',
      cores: 8,
      usableCores: 8,
      memoryBytes: 16e9,
      node: 'v20.19.0',
      nodeFlags: [],
    },
    workers: 1,
    polling: true,
    target: {
      urls: ['http://127.0.0.1:8000'],
      model: 'tiny',
      dialect: 'openai-chat',
      connections: 'reuse',
      engineInfo: {},
      notices: [],
    },
    workload: { sha256: 'abc', count: 1000, notices: [] },
    ended: 'completed',
    repeatCommand: 'assay run study.yaml',
    ...init,
  }
}

/** A run with its records. */
export function runData(records: readonly RequestRecord[], init: Partial<Run> = {}): RunData {
  const whole = run(init)
  return { run: whole, folder: `runs/${whole.id}`, records, samples: [], health: [] }
}

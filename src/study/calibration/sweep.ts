import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Calibration, SafeLoad } from '../../model/calibration.ts'
import { wallTime } from '../../model/clock.ts'
import { grpcDialects } from '../../model/dialect.ts'
import type { StudyObserver } from '../../model/progress.ts'
import { spawnReference } from '../../reference/spawn.ts'
import { expand } from '../../spec/expand.ts'
import { quickStudy } from '../../spec/quick-study.ts'
import { calibrationPaths, writeCalibrationFacts } from '../../store/calibration.ts'
import { createRunFolder } from '../../store/layout.ts'
import { writeWhole } from '../../store/write-whole.ts'
import { readHost } from '../../telemetry/host.ts'
import { calibrationInChild } from '../finish.ts'
import { freezeWorkloads } from '../freeze-workloads.ts'
import { checkDescriptors } from '../load-room.ts'
import { prepareTarget } from '../ready-target.ts'
import { runCell } from '../run-cell.ts'
import type { Stopping } from '../stopping.ts'
import { keepLimits } from './host-limits.ts'
import { standIn } from './stand-in.ts'

const stepSeconds = 2
const firstStreams = 25
const mostStreams = 6400

export interface SweepOptions {
  /** How requests and replies are worded, and with that how they travel. */
  readonly dialect: string
  /** Simulated replies: first token, then one each `itlMs`. */
  readonly ttftMs: number
  readonly itlMs: number
  /** p99 of the stamp error of events that is still safe. */
  readonly limitMs: number
  readonly observer: StudyObserver
  readonly stopping: Stopping
  onStep(calibration: Calibration): void
}

export interface SweepResult {
  readonly steps: readonly Calibration[]
  /** The largest step within the limit; absent when the first one is not. */
  readonly safe?: SafeLoad
  /** Why the sweep went no further. */
  readonly end: 'client' | 'server' | 'most' | 'interrupted'
}

/** Doubles the streams until the client's own error, or the reference server, is over the limit. */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { limitMs, stopping } = options
  const steps: Calibration[] = []
  let safe: SafeLoad | undefined
  let end: SweepResult['end'] = 'most'
  for (let streams = firstStreams; streams <= mostStreams; streams *= 2) {
    if (stopping.stopped) {
      end = 'interrupted'
      break
    }
    const step = await measureStep(options, streams)
    if (stopping.stopped) {
      end = 'interrupted'
      break
    }
    steps.push(step)
    options.onStep(step)
    // A server that is late itself writes late: its log knows, the client's error does not tell.
    if ((step.serverLatenessP99Ms ?? 0) > limitMs) {
      end = 'server'
      break
    }
    if ((step.event?.p99Ms ?? Number.POSITIVE_INFINITY) > limitMs) {
      end = 'client'
      break
    }
    safe = { streams: step.peakStreams, eventsPerSecond: step.eventsPerSecond, limitMs }
  }
  // What is known of a host is how it does over HTTP/1.1.
  if (safe !== undefined && transportOf(options.dialect) === 'http1') await keepLimits(readHost(), safe)
  return { steps, end, ...(safe === undefined ? {} : { safe }) }
}

async function measureStep(options: SweepOptions, streams: number): Promise<Calibration> {
  const { dialect, ttftMs, itlMs, observer, stopping } = options
  const folder = await mkdtemp(join(tmpdir(), 'assay-calibrate-'))
  const transport = transportOf(dialect)
  const instead = await standIn({ dialect, given: {}, model: 'reference', transport })
  const server = await spawnReference({ timing: { kind: 'fixed', ttftMs, itlMs }, ...instead.reference })
  try {
    const outputTokens = Math.max(1, Math.ceil((1000 * stepSeconds) / Math.max(itlMs, 1)))
    const { study } = quickStudy({
      urls: [server.url],
      dialect,
      model: instead.model,
      concurrency: streams,
      duration: stepSeconds,
      inputTokens: 32,
      outputTokens,
      capture: 'none',
    })
    const [cell] = expand(study)
    if (cell === undefined) throw new RangeError('a quick study has one cell')
    const short = { ...cell, load: { ...cell.load, drainS: 0.2 } }
    checkDescriptors(short.load)
    const workload = (await freezeWorkloads(study, { ...observer, step() {} })).get(cell.workload.name)
    if (workload === undefined) throw new RangeError('the workload was not frozen')
    const paths = calibrationPaths(folder)
    await createRunFolder(paths.folder)
    await runCell({
      study,
      secrets: [],
      cell: short,
      id: `streams-${streams}`,
      folder: paths.folder,
      position: 1,
      total: 1,
      prepared: await prepareTarget(cell.target, undefined),
      workload,
      workers: undefined,
      observer,
      repeatCommand: 'assay calibrate',
      stopping,
      calibrate: 'skip',
    })
    const { p99Ms } = await server.lateness()
    writeWhole(paths.truthJson, JSON.stringify(await server.truth()))
    writeCalibrationFacts(paths, {
      createdAt: wallTime(),
      cached: false,
      transport,
      timing: 'shape',
      ...(p99Ms === undefined ? {} : { serverLatenessP99Ms: p99Ms }),
    })
    return await calibrationInChild(folder)
  } finally {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function transportOf(dialect: string): 'grpc' | 'http1' {
  return grpcDialects.includes(dialect) ? 'grpc' : 'http1'
}

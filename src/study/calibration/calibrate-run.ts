import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { calibrationLoad, type LoadShape, shapeKey } from '../../calibrate/shape.ts'
import { loadDialect } from '../../dialects/index.ts'
import { resolveEndpoint } from '../../dialects/transport/endpoint.ts'
import type { Calibration } from '../../model/calibration.ts'
import { makeClock, wallTime } from '../../model/clock.ts'
import { AssayError } from '../../model/errors.ts'
import type { FrozenWorkload } from '../../model/request.ts'
import { dialectOptionsOf, type Run } from '../../model/run.ts'
import { spawnReference } from '../../reference/spawn.ts'
import { calibrationPaths, writeCalibrationFacts } from '../../store/calibration.ts'
import { createRunFolder } from '../../store/layout.ts'
import { writeWhole } from '../../store/write-whole.ts'
import { calibrationInChild, timelineInChild } from '../finish.ts'
import { runLoad } from '../run-load.ts'
import type { Stopping } from '../stopping.ts'
import { putIntoCache, takeFromCache } from './calibration-cache.ts'
import { knownLimits } from './host-limits.ts'
import { standIn } from './stand-in.ts'

/** With starting the server and converting the records this stays within 5 s. */
const autoSeconds = 2.5
/** A longer wait for first tokens would leave a short calibration without events. */
const autoLongestTtftMs = 500
/** The longest load a full calibration replays. */
const fullSeconds = 60

export interface CalibrateRunOptions {
  /** The converted run folder; its calibration goes into it. */
  readonly folder: string
  readonly run: Run
  readonly workload: FrozenWorkload
  readonly mode: 'auto' | 'full'
  readonly stopping: Stopping
  step(message: string): void
}

/**
 * Measures the client's own error under a run's load: the reference server plays back what the run recorded, and the
 * client measures it as it measured the run. `undefined` when the run has nothing to play back.
 * @throws AssayError `transport-uncalibrated`, and when the server does not start or files cannot be written
 */
export async function calibrateRun(options: CalibrateRunOptions): Promise<Calibration | undefined> {
  const { folder, run, mode, stopping } = options
  const { transport } = run.cell.target
  if (transport === 'http2') {
    throw new AssayError('transport-uncalibrated', `The reference server does not speak ${transport}.`, {
      hint: 'Measure the target over HTTP/1.1 where small differences matter.',
    })
  }
  const timeline = join(folder, 'timeline.ndjson')
  try {
    const cut = mode === 'auto' ? { longestTtftMs: autoLongestTtftMs } : {}
    const shape = await timelineInChild({ folder, file: timeline, ...cut })
    if (shape === undefined || stopping.stopped) return undefined
    const key = shapeKey(run, shape)
    if (mode === 'auto' && (await takeFromCache(key, folder, Date.parse(wallTime())))) {
      return await calibrationInChild(folder)
    }
    options.step('calibrating: the same load against the reference server')
    await measure({ ...options, shape, timeline })
    if (stopping.stopped) return undefined
    const calibration = await calibrationInChild(folder)
    // What disturbed this calibration need not disturb the next run.
    if (calibration.disturbedSeconds === 0) await putIntoCache(key, folder)
    return calibration
  } finally {
    await rm(timeline, { force: true })
  }
}

/** The calibration's own run: records, truth and facts in the run's folder. Anything older there is replaced. */
async function measure(
  options: CalibrateRunOptions & { readonly shape: LoadShape; readonly timeline: string },
): Promise<void> {
  const { folder, run, workload, mode, shape, stopping } = options
  const paths = calibrationPaths(folder)
  const clock = makeClock()
  const { epochMonotonicNs } = clock
  const timing = { kind: 'replay', file: options.timeline } as const
  const { dialectOptions: given, transport, body } = run.cell.target
  const spoken = await loadDialect(run.target.dialect, dialectOptionsOf(run))
  const { streaming } = spoken.capabilities
  const { model } = run.target
  const instead = await standIn({ dialect: run.target.dialect, given, model, transport, streaming })
  const server = await spawnReference({ timing, epochMonotonicNs, ...instead.reference })
  try {
    const { dialect, options: dialectOptions } = await instead.learn(server.url)
    const path = dialect.path.replace('{model}', encodeURIComponent(instead.model))
    await rm(paths.folder, { recursive: true, force: true })
    await createRunFolder(paths.folder)
    const seconds = mode === 'auto' ? autoSeconds : fullSeconds
    const load =
      mode === 'auto'
        ? calibrationLoad(run.cell.load, shape, seconds)
        : { ...run.cell.load, warmup: {}, until: shorter(run, seconds) }
    await runLoad({
      folder: paths.folder,
      run: calibrationOf(
        { ...run, target: { ...run.target, model: instead.model, dialectOptions } },
        server.url,
        load,
        clock.epochMonotonicNs,
      ),
      clock,
      workload,
      wire: { endpoints: [await resolveEndpoint(server.url, path)], headers: {}, body },
      limits: {},
      secrets: [],
      stopping,
    })
    const { p99Ms } = await server.lateness()
    const safe = await knownLimits(run.host)
    writeWhole(paths.truthJson, JSON.stringify(await server.truth()))
    // Last: a calibration without facts is none.
    writeCalibrationFacts(paths, {
      createdAt: wallTime(),
      cached: false,
      transport,
      timing: load.pacing.kind === run.cell.load.pacing.kind ? 'replay' : 'shape',
      ...(p99Ms === undefined ? {} : { serverLatenessP99Ms: p99Ms }),
      ...(safe === undefined ? {} : { safe }),
    })
  } finally {
    await server.close()
  }
}

function shorter({ cell }: Run, seconds: number): Run['cell']['load']['until'] {
  const { requests, durationS } = cell.load.until
  return requests === undefined ? { durationS: Math.min(durationS ?? seconds, seconds) } : { requests }
}

function calibrationOf(run: Run, url: string, load: Run['cell']['load'], epochMonotonicNs: string): Run {
  const { ended: _, endedReason: __, phases: ___, counts: ____, lostRecords: _____, ...described } = run
  const { target } = run.cell
  return {
    ...described,
    id: `${run.id}-calibration`,
    cell: { ...run.cell, load, target: { ...target, urls: [url], headers: {} } },
    clock: { ...run.clock, epochMonotonicNs, epochWall: wallTime() },
    target: {
      ...run.target,
      urls: [url],
      engineInfo: {},
      notices: ['Simulated: the reference server plays back what the run recorded.'],
    },
  }
}

import { readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AssayError, exitCodes } from '../model/errors.ts'
import { claim } from './owner.ts'
import { codeOf, storageError } from './storage-error.ts'

/** Paths of everything in one run folder; described in docs/run-folder.md. */
export interface RunPaths {
  readonly folder: string
  readonly run: string
  /** While running only: the frozen workload's bytes. */
  readonly workloadLines: string
  /** While running only: what the workers wrote; its absence says that the Parquet files are complete. */
  readonly journal: string
  /** While running only: one JSON `Sample` a line. */
  readonly sampleLines: string
  readonly requests: string
  readonly events: string
  readonly samples: string
  readonly health: string
  readonly workload: string
  /** Raw scrapes and logs of the servers. */
  readonly server: string
  /** Exists only while the journal is converted. */
  readonly converting: string
}

/** Where the parts of a run folder lie. */
export function runPaths(folder: string): RunPaths {
  return {
    folder,
    run: join(folder, 'run.json'),
    workloadLines: join(folder, 'workload.ndjson'),
    journal: join(folder, 'journal'),
    sampleLines: join(folder, 'journal', 'samples.ndjson'),
    requests: join(folder, 'requests.parquet'),
    events: join(folder, 'events.parquet'),
    samples: join(folder, 'samples.parquet'),
    health: join(folder, 'health.parquet'),
    workload: join(folder, 'workload.parquet'),
    server: join(folder, 'server'),
    converting: join(folder, 'converting'),
  }
}

/** Bytes kept free for what is in flight when the disk gets full. */
const reserveBytes = 1024 * 1024

/** A file that only takes up space; it goes when the disk is full, so that the last records can be written. */
export function reservePath(folder: string): string {
  return join(runPaths(folder).journal, 'reserve')
}

/** Where one worker's journal lies. */
export function journalPath(folder: string, worker: number): string {
  return join(runPaths(folder).journal, `${worker}.bin`)
}

/** Where one worker's health rows lie while it runs: one JSON `HealthRow` a line. */
export function healthLines(folder: string, worker: number): string {
  return join(runPaths(folder).journal, `health-${worker}.ndjson`)
}

/** Paths of everything in one study folder. */
export interface StudyPaths {
  readonly study: string
  readonly runs: string
  /** Logs of the servers that Assay started. */
  readonly server: string
  /** The folder of one run. */
  run(id: string): string
  /** The report in one format: `report('html')`. */
  report(format: string): string
}

/** Where the parts of a study folder lie. */
export function studyPaths(folder: string): StudyPaths {
  return {
    study: join(folder, 'study.json'),
    runs: join(folder, 'runs'),
    server: join(folder, 'server'),
    run: (id) => join(folder, 'runs', id),
    report: (format) => join(folder, `report.${format}`),
  }
}

/**
 * Makes a new folder for a study, with `runs/` and `server/` in it.
 * @throws AssayError `exists` when something is there already, `storage` when it cannot be made
 */
export async function createStudyFolder(path: string): Promise<void> {
  await createFolder(path)
  const { runs, server } = studyPaths(path)
  await createFolder(runs)
  await createFolder(server)
}

/**
 * Makes a new folder for one run, owned by this process until it is converted.
 * @throws AssayError `exists` when something is there already, `storage` when it cannot be made
 */
export async function createRunFolder(path: string): Promise<void> {
  await createFolder(path)
  const { journal, server } = runPaths(path)
  await createFolder(journal)
  await createFolder(server)
  await claim(journal)
  await writeFile(reservePath(path), new Uint8Array(reserveBytes)).catch((error) => {
    throw storageError('write', reservePath(path), error)
  })
}

/** Removes a new study or run folder in which nothing was measured. One with server logs stays: they may say why. */
export async function discardUnused(path: string): Promise<void> {
  const logs = await readdir(runPaths(path).server).catch(() => [])
  if (logs.length === 0) await rm(path, { recursive: true, force: true })
}

/**
 * The run folders that a path names: itself, or those below `runs/` of a study folder, by name.
 * @throws AssayError `not-a-run` when it is neither, `no-runs` when the study has none yet
 */
export function resolveRunFolders(path: string): string[] {
  if (statSync(runPaths(path).run, { throwIfNoEntry: false })?.isFile()) return [path]
  const study = studyPaths(path)
  if (!statSync(study.runs, { throwIfNoEntry: false })?.isDirectory()) {
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined
    throw new AssayError(
      'not-a-run',
      `${path} ${isThere ? 'is no run or study folder' : 'does not exist'}.`,
      {
        hint: 'Give the folder that assay run printed, or one of the folders in its runs/.',
      },
    )
  }
  const folders = readdirSync(study.runs)
    .sort()
    .map((name) => study.run(name))
    .filter((folder) => statSync(runPaths(folder).run, { throwIfNoEntry: false })?.isFile())
  if (folders.length > 0) return folders
  throw new AssayError('no-runs', `${path} has no runs yet.`, {
    hint: 'Wait until its first run has begun, or run the study again into another folder.',
  })
}

/**
 * Refuses what a newer Assay wrote.
 * @throws AssayError `newer-format`
 */
export function checkNewer(format: number, known: number, path: string): void {
  if (format <= known) return
  throw new AssayError(
    'newer-format',
    `${path} has format ${format}; this Assay reads formats up to ${known}.`,
    { hint: 'Update Assay (npm install -g llm-assay) and try again.', exitCode: exitCodes.storage },
  )
}

async function createFolder(path: string): Promise<void> {
  const failed = (error: unknown) => {
    throw storageError('create', path, error)
  }
  await mkdir(dirname(resolve(path)), { recursive: true }).catch(failed)
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') failed(error)
    throw new AssayError('exists', `${path} exists already; Assay never writes into an existing folder.`, {
      hint: 'Give another output folder, or move that one away.',
    })
  }
}

import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Run } from '../model/run.ts'
import { convertSamples, convertWorkload } from './convert-lines.ts'
import { type Conversion, convertRecords } from './convert-records.ts'
import { checkConverted, hasJournal } from './converted.ts'
import { openDuckDb } from './duckdb.ts'
import { convertHealth } from './health-table.ts'
import { type JournalSurvey, surveyJournals } from './journal-survey.ts'
import { type RunPaths, reservePath, runPaths } from './layout.ts'
import { checkUnclaimed, claim } from './owner.ts'
import { readRunJson } from './run-json.ts'
import { codeOf, storageError } from './storage-error.ts'

export interface ConvertOptions {
  /** Counts the tokens of a whole captured text, for replies whose server sent no usage. */
  readonly countTokens?: (text: string) => number
}

/**
 * Turns a run's journal into its Parquet files, in bounded memory, and then deletes the journal. Meant for a child
 * process. Doing it again gives the same files; after a crash in the middle it starts anew; a converted folder is
 * left as it is.
 * @throws AssayError `in-use` while another process runs or converts it, `storage` when it cannot be written,
 * `not-a-run` when there is neither a journal nor Parquet
 */
export async function convertRun(folder: string, options: ConvertOptions = {}): Promise<Conversion> {
  const paths = runPaths(folder)
  const run = await readRunJson(folder)
  if (!(await hasJournal(paths))) {
    await checkConverted(paths)
    await cleanUp(paths)
    return { requests: 0, events: 0, unfinished: 0, bytesLost: 0, orphanEvents: 0 }
  }
  await checkUnclaimed(paths.journal)
  await checkUnclaimed(paths.converting)
  await rm(reservePath(folder), { force: true })
  try {
    await rm(paths.converting, { recursive: true, force: true })
    await mkdir(paths.converting)
    await claim(paths.converting)
    const made = runPaths(paths.converting)
    const conversion = await writeParquet(paths, made, run, options)
    await publish(paths, made)
    await cleanUp(paths)
    return conversion
  } catch (error) {
    await rm(paths.converting, { recursive: true, force: true }).catch(() => {})
    throw asStorageError(error, folder)
  }
}

async function writeParquet(
  paths: RunPaths,
  made: RunPaths,
  run: Run,
  options: ConvertOptions,
): Promise<Conversion> {
  const survey = await surveyJournals(paths.journal)
  const database = await openDuckDb({
    memoryShare: 0.75,
    memoryLimitMb: memoryMb(survey),
    // Each thread holds a row group; a second one is hardly faster.
    threads: 1,
    tempFolder: join(made.folder, 'spill'),
  })
  try {
    const { connection } = database
    const inputTokens = await convertWorkload(connection, paths.workloadLines, made.workload)
    await convertSamples(connection, paths.sampleLines, made.samples)
    await convertHealth(connection, await healthFiles(paths.journal), made.health)
    return await convertRecords(connection, survey, made, {
      runId: run.id,
      transport: run.cell.target.transport,
      inputTokens,
      countTokens: options.countTokens,
    })
  } finally {
    database.close()
    await survey.close()
  }
}

/**
 * What DuckDB may take. It writes no fewer than 2,048 rows at once and then holds them about five times over: little,
 * unless replies were captured whole (2,048 × 128 KiB).
 */
function memoryMb({ end, textBytes, detailLength }: JournalSurvey): number {
  let heaviest = 0
  for (let from = 0; from < end; from += 2048) {
    let bytes = 0
    for (let index = from; index < Math.min(from + 2048, end); index++) {
      bytes += (textBytes[index] ?? 0) + (detailLength[index] ?? 0)
    }
    heaviest = Math.max(heaviest, bytes)
  }
  return 256 + Math.ceil((5 * heaviest) / 1e6)
}

async function healthFiles(journal: string): Promise<string[]> {
  const names = await readdir(journal)
  return names.filter((name) => /^health-\d+\.ndjson$/.test(name)).map((name) => join(journal, name))
}

/** Moves the finished files to their names; the journal's going away is what makes the run converted. */
async function publish(paths: RunPaths, made: RunPaths): Promise<void> {
  for (const name of ['workload', 'samples', 'health', 'events', 'requests'] as const) {
    await sync(made[name])
    await rename(made[name], paths[name])
  }
  await sync(paths.folder)
  // A rename is all or nothing: a half-deleted journal would look like a whole one.
  await rename(paths.journal, made.journal)
  await sync(paths.folder)
}

async function cleanUp(paths: RunPaths): Promise<void> {
  await rm(paths.workloadLines, { force: true })
  await rm(paths.converting, { recursive: true, force: true })
  // Only an empty one goes.
  await rmdir(paths.server).catch(() => {})
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function asStorageError(error: unknown, folder: string): unknown {
  if (error instanceof AssayError || !(error instanceof Error)) return error
  if (codeOf(error) !== undefined) return storageError('convert', folder, error)
  // DuckDB tells a full disk or a lack of memory in words only.
  return new AssayError('storage', `Cannot convert ${folder}: ${error.message}`, {
    hint: `The journal is untouched. Free space, then run: assay report ${folder}`,
    exitCode: exitCodes.storage,
    cause: error,
  })
}

import { createWriteStream } from 'node:fs'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { analyze } from '../analyze/analyze.ts'
import { wallTime } from '../model/clock.ts'
import type { Exclude, Report } from '../model/report.ts'
import type { RunData } from '../model/run-data.ts'
import { reportFormats } from '../report/index.ts'
import { requestsCsv } from '../report/requests-csv.ts'
import { readWebBundle } from '../report/web-bundle.ts'
import { convertRun, readRun, readRunJson, resolveRunFolders, writeWhole } from '../store/index.ts'
import { loadTokenizer } from '../tokenizers/index.ts'
import { packageVersion } from './assay-version.ts'
import { readCalibration } from './calibration/finish-calibration.ts'
import { readServerGrowth } from './server-growth.ts'

/** Files a report folder holds besides the text on the terminal. */
const writtenFormats = ['json', 'markdown', 'csv', 'html'] as const

/** Turns one run's journal into Parquet, counting tokens where the server did not and a tokenizer was named. */
export async function convertFolder(folder: string): Promise<void> {
  const { cell } = await readRunJson(folder)
  const { tokenizer } = cell.target
  if (tokenizer === undefined) {
    await convertRun(folder)
    return
  }
  const { encode } = await loadTokenizer(tokenizer)
  await convertRun(folder, { countTokens: (text) => encode(text).length })
}

/** Analyses every run of a run or study folder and writes the report in every format. */
export async function reportFolder(folder: string, exclude: Exclude): Promise<void> {
  const runs: RunData[] = []
  for (const runFolder of await resolveRunFolders(folder)) {
    await convertFolder(runFolder)
    const data = await readRun(runFolder)
    const calibration = await readCalibration(runFolder)
    const server = await readServerGrowth(runFolder, data.run.target.urls.length)
    runs.push({
      ...data,
      folder: relative(folder, runFolder) || '.',
      ...(calibration === undefined ? {} : { calibration }),
      ...(server === undefined ? {} : { server }),
    })
    await pipeline(
      Readable.from(requestsCsv(data.records, { transport: data.run.cell.target.transport, startNs: 0 })),
      createWriteStream(join(runFolder, 'requests.csv')),
    )
  }
  // In the order they ran, whatever their folders are called.
  runs.sort((a, b) => a.run.clock.epochWall.localeCompare(b.run.clock.epochWall))
  await writeReport(folder, reportOn(runs, exclude))
}

function reportOn(runs: readonly RunData[], exclude: Exclude): Report {
  const [first] = runs
  const study = {
    name: first?.run.study ?? '',
    seed: first?.run.seed ?? 0,
    repeats: Math.max(...runs.map(({ run }) => run.cell.repeat)) + 1,
  }
  return analyze(runs, { assay: packageVersion(), created: wallTime(), study }, { exclude })
}

async function writeReport(folder: string, report: Report): Promise<void> {
  for (const format of writtenFormats) {
    const renderer = await reportFormats[format]()
    writeWhole(
      join(folder, renderer.file),
      renderer.render(report, { colour: false, webBundle: readWebBundle }),
    )
  }
}

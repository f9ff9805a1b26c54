export { type ConvertOptions, convertRun } from './convert.ts'
export type { Conversion } from './convert-records.ts'
export { openJournal } from './journal.ts'
export {
  createRunFolder,
  createStudyFolder,
  discardUnused,
  type RunPaths,
  resolveRunFolders,
  runPaths,
  type StudyPaths,
  studyPaths,
} from './layout.ts'
export { type Cell, type QueryResult, query } from './query.ts'
export { readRun } from './read.ts'
export { readRunJson, writeRun } from './run-json.ts'
export { openSampleLog, type SampleLog } from './sample-log.ts'
export { writeStudy } from './study-json.ts'
export { writeFrozenWorkload } from './workload-file.ts'
export { writeWhole } from './write-whole.ts'

import { open } from 'node:fs/promises'
import type { HealthSink } from '../model/health.ts'
import type { Sample } from '../model/sample.ts'
import { healthLines, runPaths } from './layout.ts'
import { storageError } from './storage-error.ts'

/** A file of JSON lines that grows while a run lasts. */
export interface LineLog<T> {
  /** Rejects with AssayError `storage`; the log then ends with the last whole line. */
  append(values: readonly T[]): Promise<void>
  close(): Promise<void>
}

/** Opens a run's new sample log. Values that are no finite number are no readings and are left out. */
export async function openSampleLog(folder: string): Promise<LineLog<Sample>> {
  const log = await openLines<Sample>(runPaths(folder).sampleLines)
  return {
    append: (samples) => log.append(samples.filter(({ value }) => Number.isFinite(value))),
    close: log.close,
  }
}

/** Opens one worker's new health log. */
export function openHealthLog(folder: string, worker: number): Promise<HealthSink> {
  return openLines(healthLines(folder, worker))
}

async function openLines<T>(path: string): Promise<LineLog<T>> {
  const failed = (error: unknown) => {
    throw storageError('write', path, error)
  }
  const file = await open(path, 'wx').catch(failed)
  let end = 0
  let last: Promise<void> = Promise.resolve()

  async function write(values: readonly T[]): Promise<void> {
    if (values.length === 0) return
    const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
    let written = 0
    try {
      while (written < bytes.length) {
        const rest = bytes.length - written
        written += (await file.write(bytes, written, rest, end + written)).bytesWritten
      }
      end += written
    } catch (error) {
      // Should this fail too, the conversion leaves the cut line out.
      await file.truncate(end).catch(() => {})
      failed(error)
    }
  }

  return {
    append(values) {
      const appended = last.then(() => write(values))
      last = appended.catch(() => {})
      return appended
    },
    async close() {
      await last
      await file.close().catch(failed)
    },
  }
}

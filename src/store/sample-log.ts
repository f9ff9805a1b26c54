import { open } from 'node:fs/promises'
import type { Sample } from '../model/sample.ts'
import { runPaths } from './layout.ts'
import { storageError } from './storage-error.ts'

/** Where samples go while a run lasts. */
export interface SampleLog {
  /** Rejects with AssayError `storage`; the log then ends with the last whole line. */
  append(samples: readonly Sample[]): Promise<void>
  close(): Promise<void>
}

/** Opens a run's new sample log. Values that are no finite number are no readings and are left out. */
export async function openSampleLog(folder: string): Promise<SampleLog> {
  const path = runPaths(folder).sampleLines
  const failed = (error: unknown) => {
    throw storageError('write', path, error)
  }
  const file = await open(path, 'wx').catch(failed)
  let end = 0
  let last: Promise<void> = Promise.resolve()

  async function write(samples: readonly Sample[]): Promise<void> {
    const lines = samples
      .filter(({ value }) => Number.isFinite(value))
      .map((sample) => JSON.stringify(sample))
    if (lines.length === 0) return
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
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
    append(samples) {
      const appended = last.then(() => write(samples))
      last = appended.catch(() => {})
      return appended
    },
    async close() {
      await last
      await file.close().catch(failed)
    },
  }
}

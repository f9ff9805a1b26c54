import { readFile } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload } from '../model/request.ts'
import { loadStudy } from '../spec/load-study.ts'
import { freezeOne } from '../study/freeze-workloads.ts'
import { requestsNeeded } from '../study/size.ts'

/** Flags of every command that makes workloads. */
export interface WorkloadFlags {
  readonly workload?: string
  readonly requests?: number
  readonly seed?: number
  readonly threads?: number
  readonly set?: readonly string[]
}

/** The workloads of a file, frozen one after the other. Throws `no-workload` for a name that there is not. */
export async function* openWorkloads(file: string, flags: WorkloadFlags): AsyncGenerator<FrozenWorkload> {
  if (file.endsWith('.ndjson')) {
    const source = { kind: 'frozen', path: resolve(file) } as const
    const name = basename(file, extname(file))
    yield freezeOne({ name, source, outputMode: 'exact', sampling: {} }, 0, Number.POSITIVE_INFINITY)
    return
  }
  const { set = [], workload: wanted, requests, seed } = flags
  const { study } = await loadStudy(file, {
    set: [...(await missingTargets(file)), ...set],
    env: process.env,
  })
  const chosen = study.workloads.filter(({ name }) => wanted === undefined || name === wanted)
  if (chosen.length === 0) {
    throw new AssayError('no-workload', `${file} has no workload "${wanted}".`, {
      hint: `It has ${study.workloads.map(({ name }) => name).join(', ')}.`,
    })
  }
  const needed = requests ?? Math.max(...study.loads.map((load) => requestsNeeded(load, study.seed)))
  for (const spec of chosen) yield freezeOne(spec, seed ?? study.seed, needed, flags.threads)
}

/** A file with workloads alone is a study of nobody: a target that is never reached makes it whole. */
async function missingTargets(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const isPart = /^workloads\s*:/m.test(text) && !/^["']?targets["']?\s*:/m.test(text)
  return isPart ? ['targets=[{ url: "http://127.0.0.1:1" }]'] : []
}

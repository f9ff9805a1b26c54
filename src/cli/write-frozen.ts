import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError } from '../model/errors.ts'
import type { FrozenWorkload } from '../model/request.ts'
import { writeWhole } from '../store/write-whole.ts'
import { arrivalBytes } from '../workloads/arrivals.ts'
import { besideFrozen, type FrozenFacts } from '../workloads/frozen-file.ts'

/** Writes a frozen workload and what stands beside it; gives the path of its requests. Writes over nothing. */
export async function writeFrozen(folder: string, workload: FrozenWorkload): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${workload.name.replaceAll(/[^\w.-]+/g, '-')}.ndjson`)
  const { facts, arrivals } = besideFrozen(path)
  const taken = [path, facts, arrivals].find((one) => existsSync(one))
  if (taken !== undefined) {
    throw new AssayError('exists', `${taken} exists already; Assay never writes over a file.`, {
      hint: 'Give another folder with --out, or move that file away.',
    })
  }
  writeWhole(path, workload.bytes)
  if (workload.arrivalsNs !== undefined) writeWhole(arrivals, arrivalBytes(workload.arrivalsNs))
  const described: FrozenFacts & Pick<FrozenWorkload, 'replayable'> = {
    sha256: workload.sha256,
    count: workload.count,
    notices: workload.notices,
    ...(workload.arrivalsSha256 === undefined ? {} : { arrivalsSha256: workload.arrivalsSha256 }),
    ...(workload.cache === undefined ? {} : { cache: workload.cache }),
    ...(workload.replayable === undefined ? {} : { replayable: workload.replayable }),
  }
  writeWhole(facts, `${JSON.stringify(described, undefined, 2)}\n`)
  return path
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AssayError, messageOf } from '../model/errors.ts'
import type { CacheExpectation, Request } from '../model/request.ts'
import { readArrivalBytes } from './arrivals.ts'
import { isObject } from './mistakes.ts'
import { readRecords } from './records.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

/** What stands beside a frozen file; see docs/workloads.md. */
export interface FrozenFacts {
  readonly sha256: string
  readonly count: number
  readonly notices: readonly string[]
  readonly cache?: CacheExpectation
  readonly arrivalsSha256?: string
}

/** Names of the files beside `<name>.ndjson`. */
export function besideFrozen(path: string): { readonly facts: string; readonly arrivals: string } {
  const stem = path.replace(/\.ndjson$/, '')
  return { facts: `${stem}.json`, arrivals: `${stem}.arrivals` }
}

/**
 * A workload that was frozen to a file, request for request and byte for byte, with its arrivals when it has some. Sampling
 * and lengths are the file's. Throws `input-file` where it is no such file.
 */
export async function* frozenFile(
  spec: SpecOf<'frozen'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path } = spec.source
  const { facts: factsPath, arrivals: arrivalsPath } = besideFrozen(path)
  const facts = await readFacts(factsPath)
  const arrivals = facts?.arrivalsSha256 === undefined ? [] : await readArrivals(arrivalsPath)
  for (const notice of facts?.notices ?? []) context.notice(notice)
  if (facts?.cache !== undefined) context.state({ cache: facts.cache })
  const hash = createHash('sha256')
  let id = 0
  for await (const { text, line } of readRecords(path)) {
    hash.update(`${text}\n`)
    const request = parse(text)
    if (request === undefined || request.id !== id) {
      throw new AssayError('input-file', `${path}:${line}: this is no line of a frozen workload.`, {
        hint: 'assay workload freeze writes such files; your own prompts are source: jsonl.',
      })
    }
    const arrivalNs = arrivals[id]
    yield { ...request, ...(arrivalNs === undefined ? {} : { arrivalNs }), place: `${path}:${line}` }
    id++
  }
  if (facts === undefined || hash.digest('hex') === facts.sha256) return
  throw new AssayError('input-file', `${path} is not what was frozen: its hash differs from ${factsPath}.`, {
    hint: 'Freeze the workload again, or restore the file.',
  })
}

function parse(text: string): Request | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isRequest =
      isObject(value) && isObject(value.input) && isObject(value.output) && isObject(value.sampling)
    return isRequest ? (value as unknown as Request) : undefined
  } catch {
    return undefined
  }
}

async function readFacts(path: string): Promise<FrozenFacts | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as FrozenFacts)
}

async function readArrivals(path: string): Promise<number[]> {
  try {
    return readArrivalBytes(await readFile(path))
  } catch (cause) {
    throw new AssayError('input-file', `The arrivals ${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'They lie beside the frozen workload; freeze the trace again.',
      cause,
    })
  }
}

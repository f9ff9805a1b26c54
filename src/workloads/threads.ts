import { Worker } from 'node:worker_threads'
import { entryPath } from '../model/entry.ts'
import { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import type { SpecOf } from './source.ts'

/** A request, the length that was wanted, and whether it is too short to be told from others by its beginning. */
export interface Drawn {
  readonly request: Request
  readonly wanted: number
  readonly short: boolean
}

/** What a thread makes prompts of. */
export interface ThreadOrder {
  readonly spec: SpecOf<'synthetic'>
  readonly seed: number
  /** Loaded by its name in each thread. */
  readonly tokenizer: string
}

/** What a thread answers: the requests it was asked for, or why it cannot. */
export type ThreadAnswer =
  | { readonly kind: 'drawn'; readonly from: number; readonly drawn: readonly Drawn[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint?: string }

const promptsPerOrder = 16
/** Orders given to a thread before their answers are used: bounds what waits in memory. */
const ordersAhead = 4

/** The same requests as one thread makes, in order, made by several. */
export async function* inThreads({
  threads,
  count,
  ...order
}: ThreadOrder & { readonly threads: number; readonly count: number }): AsyncGenerator<Drawn> {
  const waiting = new Map<number, (answer: ThreadAnswer) => void>()
  const early = new Map<number, ThreadAnswer>()
  let failure: ThreadAnswer | undefined
  const fail = (answer: ThreadAnswer) => {
    failure = answer
    for (const settle of waiting.values()) settle(answer)
    waiting.clear()
  }
  const answered = (from: number) =>
    new Promise<ThreadAnswer>((resolve) => {
      const there = failure ?? early.get(from)
      early.delete(from)
      if (there === undefined) waiting.set(from, resolve)
      else resolve(there)
    })
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(entryPath('workloads/synthetic-thread'), { workerData: order, execArgv: [] })
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'failed') return fail(answer)
      const settle = waiting.get(answer.from)
      waiting.delete(answer.from)
      if (settle === undefined) early.set(answer.from, answer)
      else settle(answer)
    })
    worker.on('error', (error: Error) => fail({ kind: 'failed', code: 'thread', message: error.message }))
    return worker
  })
  try {
    let ordered = 0
    for (let from = 0; from < count; from += promptsPerOrder) {
      const until = Math.min(count, from + threads * ordersAhead * promptsPerOrder)
      for (; ordered < until; ordered += promptsPerOrder) {
        const to = Math.min(count, ordered + promptsPerOrder)
        workers[(ordered / promptsPerOrder) % threads]?.postMessage([ordered, to])
      }
      const answer = await answered(from)
      if (answer.kind === 'failed') {
        const hint = answer.hint === undefined ? {} : { hint: answer.hint }
        throw new AssayError(answer.code, answer.message, hint)
      }
      yield* answer.drawn
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

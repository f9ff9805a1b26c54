import { parentPort, workerData } from 'node:worker_threads'
import { AssayError, messageOf } from '../model/errors.ts'
import { loadTokenizer } from '../tokenizers/index.ts'
import { synthesizer } from './synthetic.ts'
import type { ThreadAnswer, ThreadOrder } from './threads.ts'

/** Thread entry: makes the requests of each range [from, to) that it is sent. */
async function main(): Promise<void> {
  const { spec, seed, tokenizer: name } = workerData as ThreadOrder
  const ranges: (readonly [from: number, to: number])[] = []
  let draw: ReturnType<typeof synthesizer> | undefined
  const work = () => {
    for (const [from, to] of ranges.splice(0)) {
      const drawn = Array.from({ length: to - from }, (_, i) => draw?.(from + i)).filter(
        (one) => one !== undefined,
      )
      say({ kind: 'drawn', from, drawn })
    }
  }
  parentPort?.on('message', (range: readonly [number, number]) => {
    ranges.push(range)
    if (draw !== undefined) attempt(work)
  })
  draw = synthesizer(spec, { seed, tokenizer: await loadTokenizer(name) })
  attempt(work)
}

function attempt(work: () => void): void {
  try {
    work()
  } catch (error) {
    failed(error)
  }
}

function failed(error: unknown): void {
  const known = error instanceof AssayError ? error : undefined
  say({
    kind: 'failed',
    code: known?.code ?? 'thread',
    message: messageOf(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  })
}

function say(answer: ThreadAnswer): void {
  parentPort?.postMessage(answer)
}

main().catch(failed)

import { expect, test } from 'vitest'
import { loadDialect } from '../dialects/index.ts'
import { makeClock } from '../model/clock.ts'
import type { StreamReader } from '../model/dialect.ts'
import { framings } from '../model/dialect.ts'
import { warmUp } from './warm-up.ts'

test.each(framings)('warm-up replies framed as %s are read', async (framing) => {
  const reply = framing === 'raw' ? { framing } : { framing, text: 'text' }
  // The warm-up request must be one that the dialect can send: here, only token ids.
  const custom = { path: '/g', body: { ids: '{{promptIds}}' }, reply }
  const dialect = framing === 'grpc' ? await loadDialect('kserve-grpc') : await loadDialect('custom', custom)
  let events = 0
  const failures: string[] = []
  const makeReader = (): StreamReader => {
    const reader = dialect.makeReader()
    return {
      reset: (echoes) => reader.reset(echoes),
      read: (bytes, start, end, sink) => {
        events++
        reader.read(bytes, start, end, sink)
      },
      end: (sink) => {
        const { fail } = sink
        reader.end(
          Object.assign(Object.create(sink) as typeof sink, {
            fail: (kind: Parameters<typeof fail>[0], message: string) => {
              failures.push(message)
              sink.fail(kind, message)
            },
          }),
        )
      },
    }
  }
  await warmUp({ ...dialect, makeReader }, makeClock())
  expect(events).toBeGreaterThan(0)
  expect(failures).toEqual([])
})

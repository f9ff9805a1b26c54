// Every dialect against the engines that the reference server plays in it, with faults mixed in: what the client counted
// is what the server logged. `npm run bench:counts` does the same with 10,000 requests a dialect.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { differencesOf, promptLine, studyOf } from '../bench/lib/counts.mjs'
import { dialects, loadDialect } from '../src/dialects/index.ts'
import { personasSpeaking } from '../src/reference/personas/index.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { tokenText } from '../src/reference/words.ts'
import { parseStudy } from '../src/spec/index.ts'
import { readRun, resolveRunFolders } from '../src/store/index.ts'
import { query } from '../src/store/query.ts'
import { runStudy } from '../src/study/run-study.ts'
import { blind, temporaryFolder } from './measure.ts'

const requests = 104

let server: SpawnedReference
beforeAll(async () => {
  server = await spawnReference({ timing: { kind: 'fixed', ttftMs: 2, itlMs: 0.5 } })
})
afterAll(() => server.close())

/** A dialect that cannot do without settings, such as one that a user describes, has no server here. */
const driven = (
  await Promise.all(
    Object.keys(dialects).map(async (name) => {
      const dialect = await loadDialect(name).catch(() => undefined)
      return dialect === undefined ? [] : [{ dialect, spoken: personasSpeaking(dialect) }]
    }),
  )
).flat()

test('every dialect that needs no settings has an engine to be held against', () => {
  expect(driven.filter(({ spoken }) => spoken.length === 0)).toEqual([])
})

test.each(driven.map((one) => [one.dialect.name, one] as const))(
  '%s: outcomes, events, tokens and texts are those of the log',
  async (_name, { dialect, spoken }) => {
    const folder = temporaryFolder()
    const workload = join(folder, 'prompts.jsonl')
    writeFileSync(workload, promptLine(dialect))
    const { url } = server
    const text = JSON.stringify(studyOf({ dialect, personas: spoken, url, requests, workload }))
    const { study, secrets } = parseStudy(text, { file: join(folder, 'study.yaml'), set: [], env: {} })
    const out = join(folder, 'run')
    const options = { layout: 'run', observer: blind, repeatCommand: 'assay run', workers: 1 } as const
    // Faults of every second request begin to count anew, so that a run's first request is answered soundly.
    await server.reset()
    await runStudy({ study, secrets, folder: out, ...options })
    const [run = out] = await resolveRunFolders(out)
    const { records, run: described } = await readRun(run)
    const { rows } = await query([run], 'SELECT "index", text FROM requests')
    const texts = new Map(rows.map(([index, said]) => [Number(index), String(said ?? '')]))
    expect(records).toHaveLength(requests)
    const truth = await server.truth()
    expect(differencesOf({ dialect, runId: described.id, records, texts, truth, tokenText })).toEqual([])
  },
  60_000,
)

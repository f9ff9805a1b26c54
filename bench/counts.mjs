// Whether Assay counts right, request by request: every dialect against every engine that the reference server plays in
// it, with replies cut, reset, split inside characters, bundled, joined, failed and wrongly counted. Outcome, events,
// tokens, usage and text are held against the server's log; each difference is printed. About 5 s a dialect.
//   npm run bench:counts -- [--requests 10000] [--dialects openai-chat,tgi] [--show 10] [--json FILE]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dialects, loadDialect } from '../dist/dialects/index.js'
import { personasSpeaking } from '../dist/reference/personas/index.js'
import { tokenText } from '../dist/reference/words.js'
import { readRun, resolveRunFolders } from '../dist/store/index.js'
import { query } from '../dist/store/query.js'
import { differencesOf, promptLine, studyOf } from './lib/counts.mjs'
import { cores } from './lib/machine.mjs'
import { announce, begin } from './lib/options.mjs'
import { watch } from './lib/processes.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { number, printTable } from './lib/table.mjs'

const { values, folder, gather, finish } = begin('counts', 'What the client counted against the log', {
  requests: 10_000,
  dialects: '',
  show: 10,
})
const cli = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url))
const names = values.dialects === '' ? Object.keys(dialects) : values.dialects.split(',')
announce(names.length, values.requests / 1000)
const results = { dialects: [] }
gather(results)

/** Runs one dialect and compares; what cannot be run is told. */
async function compare(name) {
  // A protocol that a user describes has no server of its own.
  const dialect = await loadDialect(name).catch(() => undefined)
  const spoken = dialect === undefined ? [] : personasSpeaking(dialect)
  if (dialect === undefined || spoken.length === 0) return { name, note: 'the server does not speak it' }
  const own = join(folder, name)
  mkdirSync(own)
  const workload = join(own, 'prompts.jsonl')
  writeFileSync(workload, promptLine(dialect))
  const server = await startServer({ ttftMs: 1, itlMs: 0.1 })
  try {
    const { requests } = values
    const study = studyOf({ dialect, personas: spoken, url: server.url, requests, workload, everyPair: true })
    // JSON is YAML.
    const path = join(own, 'study.yaml')
    writeFileSync(path, JSON.stringify(study))
    const out = join(own, 'out')
    const args = [cli, 'run', path, '--out', out, '--quiet', '--calibrate', 'skip']
    const ran = await watch(process.execPath, args, { cores: cores.client, timeoutS: 600 })
    const [run] = await resolveRunFolders(out)
    if (run === undefined) return { name, note: ran.failure ?? 'it left no run' }
    const { run: described, records } = await readRun(run)
    const { rows } = await query([run], 'SELECT "index", text FROM requests')
    const texts = new Map(rows.map(([index, text]) => [Number(index), text ?? '']))
    const truth = await server.truth()
    const differences = differencesOf({ dialect, runId: described.id, records, texts, truth, tokenText })
    return {
      name,
      engines: spoken.map((persona) => persona.name),
      requests: records.length,
      completed: records.filter(({ outcome }) => outcome.kind === 'completed').length,
      events: records.reduce((sum, record) => sum + record.events.atNs.length, 0),
      differences,
    }
  } finally {
    await server.close()
    rmSync(own, { recursive: true, force: true })
  }
}

for (const name of names) {
  const row = await compare(name)
  results.dialects.push(row)
  progress(row.note === undefined ? `${name}: ${row.differences.length} differences` : `${name}: ${row.note}`)
}
printTable(
  ['dialect', 'engines', 'requests', 'completed', 'events', 'differences'],
  results.dialects.map(({ name, note, engines, requests, completed, events, differences }) =>
    note === undefined
      ? [name, engines.length, requests, completed, number(events), differences.length]
      : [name, note, '–', '–', '–', '–'],
  ),
)
for (const { name, differences = [] } of results.dialects) {
  for (const difference of differences.slice(0, values.show)) console.log(`${name}: ${difference}`)
}
finish(results)
const wrong = results.dialects.filter(
  ({ differences, requests }) =>
    (differences?.length ?? 0) > 0 || (requests ?? values.requests) < values.requests,
)
process.exitCode = wrong.length === 0 ? 0 : 1

// What Assay reports against what the server says it did. The reference server answers with simulated timings, here the
// first token after 50 ms and each next one after 20 ms, and logs the instant right before each of its writes on the
// clock that Assay uses too. Requests are joined by X-Request-Id, so errors are per event.
//
//   npm run bench:fidelity -- [--streams 100] [--requests 400] [--tokens 64] [--repeats 5]
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spawnReference } from '../dist/reference/spawn.js'
import { readRun } from '../dist/store/index.js'

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100' },
    requests: { type: 'string', default: '400' },
    tokens: { type: 'string', default: '64' },
    repeats: { type: 'string', default: '5' },
  },
})
const cli = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'assay-fidelity-'))
const server = await spawnReference({ timing: { kind: 'fixed', ttftMs: 50, itlMs: 20 } })

const quantile = (sorted, q) => {
  const at = (sorted.length - 1) * q
  const below = sorted[Math.floor(at)]
  return below + (sorted[Math.ceil(at)] - below) * (at % 1)
}
const sorted = (list) => Float64Array.from(list).sort()
const ms = (value) => value.toFixed(3).padStart(9)

async function once(repeat) {
  await server.reset()
  const out = join(folder, String(repeat))
  const args = ['quick', server.url, '--concurrency', values.streams, '--requests', values.requests]
  args.push('--output-tokens', values.tokens, '--input-tokens', '32', '--out', out, '--quiet', '--json')
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`assay ended with code ${code}`)
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))
  const reported = (metric) =>
    report.results.find(
      (r) =>
        r.metric === metric &&
        r.from === 'sent' &&
        r.stat === 'quantile' &&
        r.q === 0.5 &&
        r.repeat === 'pooled',
    ).value
  const { run, records } = await readRun(out)
  const truth = await server.truth()
  const byId = new Map(truth.requests.map((request) => [request.requestId, request]))
  const shiftNs = Number(BigInt(run.clock.epochMonotonicNs) - BigInt(truth.epochMonotonicNs))

  const errors = []
  const ttftTruth = []
  const itlTruth = []
  let wrongCounts = 0
  for (const record of records.filter((one) => one.phase === 1)) {
    const { eventNs, arrivalNs, tokens } = byId.get(`${run.id}-${record.index}`)
    if (record.events.atNs.length !== eventNs.length || record.outputTokens.value !== tokens) wrongCounts++
    ttftTruth.push((eventNs[0] - arrivalNs) / 1e6)
    eventNs.forEach((atNs, i) => {
      errors.push((record.events.atNs[i] + shiftNs - atNs) / 1e6)
      if (i > 0) itlTruth.push((atNs - eventNs[i - 1]) / 1e6)
    })
  }
  const { p99Ms } = await server.lateness()
  const all = sorted(errors)
  return {
    ttft: reported('ttft') - quantile(sorted(ttftTruth), 0.5),
    itl: reported('itl') - quantile(sorted(itlTruth), 0.5),
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
    max: all.at(-1),
    serverLateP99: p99Ms,
    wrongCounts,
    events: errors.length,
  }
}

console.log(`${values.streams} streams, ${values.requests} requests of ${values.tokens} tokens; all in ms`)
console.log('          reported − server’s log      stamp of an event − its write       server')
console.log(
  'run       TTFT p50   ITL p50        p50       p99       max      late p99   events  wrong counts',
)
const rows = []
for (let repeat = 1; repeat <= Number(values.repeats); repeat++) {
  const row = await once(repeat)
  rows.push(row)
  console.log(
    `${String(repeat).padEnd(9)}${ms(row.ttft)} ${ms(row.itl)}  ${ms(row.p50)} ${ms(row.p99)} ${ms(row.max)}     ${ms(row.serverLateP99)} ${String(row.events).padStart(8)}  ${row.wrongCounts}`,
  )
}
const median = (key) => quantile(sorted(rows.map((row) => row[key])), 0.5)
console.log(
  `median   ${ms(median('ttft'))} ${ms(median('itl'))}  ${ms(median('p50'))} ${ms(median('p99'))} ${ms(median('max'))}`,
)
await server.close()
rmSync(folder, { recursive: true })
process.exitCode = rows.every((row) => row.wrongCounts === 0) ? 0 : 1

// What Assay reports against what the server says it did. The reference server answers with simulated timings, here the
// first token after 50 ms and each next one after 20 ms, and logs the instant right before each of its writes on the
// clock that Assay uses too. Requests are joined by X-Request-Id, so errors are per event.
//
// Twice: with streams that began one after the other, as users do, and with all of them in step, where a hundred
// events fall due at one instant and wait for each other, in the server's log too.
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

async function once(name, load) {
  await server.reset()
  const out = join(folder, name)
  const args = ['quick', server.url, ...load, '--requests', values.requests]
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
console.log(`${' '.repeat(27)}reported − server’s log    stamp of an event − its write    server`)
console.log(
  `${'streams began'.padEnd(27)} TTFT p50   ITL p50        p50       p99       max   late p99   events  wrong counts`,
)
const loads = {
  'one after the other': ['--users', values.streams, '--ramp', '1.3'],
  'in step': ['--concurrency', values.streams],
}
const rows = Object.fromEntries(Object.keys(loads).map((name) => [name, []]))
// Interleaved, so that a drift of the machine hits both alike.
for (let repeat = 1; repeat <= Number(values.repeats); repeat++) {
  for (const [name, load] of Object.entries(loads)) {
    const row = await once(`${name} ${repeat}`, load)
    rows[name].push(row)
    print(`${name} ${repeat}`, row)
  }
}
const median = (list, key) => quantile(sorted(list.map((row) => row[key])), 0.5)
for (const [name, list] of Object.entries(rows)) {
  const keys = ['ttft', 'itl', 'p50', 'p99', 'max', 'serverLateP99']
  print(`median ${name}`, {
    ...Object.fromEntries(keys.map((key) => [key, median(list, key)])),
    events: list.reduce((sum, row) => sum + row.events, 0),
    wrongCounts: list.reduce((sum, row) => sum + row.wrongCounts, 0),
  })
}
await server.close()
rmSync(folder, { recursive: true })
process.exitCode = Object.values(rows).every((list) => list.every((row) => row.wrongCounts === 0)) ? 0 : 1

function print(title, row) {
  const { ttft, itl, p50, p99, max, serverLateP99, events, wrongCounts } = row
  const figures = `${ms(ttft)} ${ms(itl)}  ${ms(p50)} ${ms(p99)} ${ms(max)}     ${ms(serverLateP99)}`
  console.log(`${title.padEnd(27)}${figures} ${String(events).padStart(8)}  ${wrongCounts}`)
}

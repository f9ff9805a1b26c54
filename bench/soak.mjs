// Twenty minutes of 500 streams with 20 tokens per second each: does memory grow, is a record lost, do all counts
// agree with the server's log? Resident memory of the tree is read every second; its slope is taken from the first
// tenth of the time on, through block means (see `slope`), with a 95 % interval. The server's log holds 20 million
// events, which is 33 minutes of this load. Takes the minutes asked for and up to 30 more for the report.
//   npm run bench:soak -- [--minutes 20] [--streams 500] [--tokens-per-second 20] [--json FILE]
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { begin } from './lib/options.mjs'
import { seen } from './lib/outcome.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { quantile, slope } from './lib/statistics.mjs'
import { number, printTable } from './lib/table.mjs'
import { assayStamps, runAssay } from './lib/tools.mjs'

const { values, folder, finish } = begin('soak', 'A long run: memory and counts', {
  minutes: 20,
  streams: 500,
  'tokens-per-second': 20,
})
const logHolds = 20e6
const offered = values.minutes * 60 * values.streams * values['tokens-per-second']
if (offered > logHolds)
  throw new Error(`${offered} events are more than the server's log holds (${logHolds})`)
const durationS = values.minutes * 60
const itlMs = 1000 / values['tokens-per-second']
// Replies of 20 s: long streams, and requests that begin and end all the time.
const tokens = Math.max(2, Math.round(Math.min(20, durationS / 4) * values['tokens-per-second']))
progress(`${values.minutes} minutes of load, then the report`)

const server = await startServer({ ttftMs: 50, itlMs })
await server.reset()
const out = join(folder, 'soak')
const samples = []
const ran = await runAssay(server.url, {
  load: { kind: 'users', n: values.streams, rampS: Math.min(20, durationS / 10), durationS },
  tokens,
  folder: out,
  timeoutS: durationS + 90 + 1800,
  everyMs: 1000,
  onSample(sample) {
    samples.push(sample)
    if (samples.length % 60 === 0) {
      progress(`${number(sample.s / 60)} minutes: ${number(sample.mb)} MB, ${number(sample.cpuS)} CPU s`)
    }
  },
})
progress(`the program ended after ${number(ran.wallS)} s; comparing with the server's log`)
const { truth, lateness, cpuS } = await server.told()
await server.close()
const view = seen(truth)
const fit = slope(
  samples.filter(({ s }) => s > durationS / 10 && s < durationS).map(({ s, mb }) => [s / 3600, mb]),
)

const problems = ran.failure === undefined ? [] : [ran.failure]
let counts = {}
try {
  counts = await compare()
} catch (error) {
  problems.push(`left nothing to read: ${error.message}`)
}
rmSync(out, { recursive: true, force: true, maxRetries: 3 })

/** Request by request: is it in the server's log, with as many events and tokens; and how far off are the stamps. */
async function compare() {
  const { stamps, run, records } = await assayStamps(out, truth)
  const byId = new Map(truth.requests.map((request) => [request.requestId, request]))
  const errors = new Float64Array(view.events)
  let compared = 0
  let lost = 0
  let wrongEvents = 0
  let wrongTokens = 0
  for (const record of records) {
    const id = `${run.id}-${record.index}`
    const request = byId.get(id)
    const { eventNs } = stamps.get(id)
    if (request === undefined) {
      if (record.sentNs !== undefined) lost++
    } else if (record.outcome.kind === 'completed') {
      if (request.eventNs.length !== eventNs.length) wrongEvents++
      else
        for (let i = 0; i < eventNs.length; i++) errors[compared++] = (eventNs[i] - request.eventNs[i]) / 1e6
      if (record.outputTokens?.value !== request.tokens) wrongTokens++
    }
  }
  // The request that looks whether there is a model is on the server's side alone.
  const unknown = truth.requests.filter(
    ({ requestId }) => requestId?.startsWith(`${run.id}-`) && !stamps.has(requestId),
  )
  const all = Object.values(run.counts ?? {})
  const total = (key) => all.reduce((sum, phase) => sum + phase[key], 0)
  const counted = Object.fromEntries(
    ['planned', 'completed', 'failed', 'cancelled', 'dropped'].map((key) => [key, total(key)]),
  )
  const ended = counted.completed + counted.failed + counted.cancelled + counted.dropped
  const sorted = errors.subarray(0, compared).sort()
  const checks = {
    'requests without a record': unknown.length,
    'records without a request at the server': lost,
    'replies with another number of events': wrongEvents,
    'replies with another number of tokens': wrongTokens,
    'failed requests': counted.failed,
    'planned less ended': counted.planned - ended,
    'counted less recorded': counted.planned - records.length,
    'lost records': run.lostRecords ?? 0,
    'events the log had no room for': truth.unlogged,
  }
  for (const [what, n] of Object.entries(checks)) if (n !== 0) problems.push(`${what}: ${n}`)
  return {
    counted,
    ended: run.ended,
    checks,
    stampErrorP50: quantile(sorted, 0.5),
    stampErrorP99: quantile(sorted, 0.99),
    stampErrorMax: sorted.at(-1),
  }
}

printTable(
  [`${values.minutes} minutes, ${values.streams} streams`, ''],
  [
    ['requests', view.requests],
    ['events', view.events],
    ['peak MB until drained', number(ran.load.peakMb)],
    [
      'slope of memory, MB per hour',
      fit === undefined ? '–' : `${number(fit.value)} [${number(fit.low)}..${number(fit.high)}]`,
    ],
    ['client CPU µs per event', number((ran.load.cpuS / view.events) * 1e6)],
    ['stamp − write p50, ms', number(counts.stampErrorP50)],
    ['stamp − write p99, ms', number(counts.stampErrorP99)],
    ['server late p99, ms', number(lateness.p99Ms)],
    ["share of the server's core", number(cpuS / view.spanS)],
    ['s of the report after the load', number(ran.wallS - (samples.at(-1)?.s ?? 0))],
    ['MB while reporting', number(ran.peakAfterMb)],
    ...Object.entries(counts.checks ?? {}),
  ],
)
finish({
  problems,
  requests: view.requests,
  events: view.events,
  tokensPerReply: tokens,
  mbPerHour: fit,
  load: ran.load,
  totalCpuS: ran.totalCpuS,
  wallS: ran.wallS,
  reportPeakMb: ran.peakAfterMb,
  serverLateP99: lateness.p99Ms,
  ...counts,
  samples,
})
console.log(problems.length === 0 ? 'No record lost; all counts agree with the server.' : problems.join('\n'))
process.exitCode = problems.length === 0 ? 0 : 1

// What Assay reports against what the server says it did, beside two ordinary clients under the same load.
//
// The reference server answers with simulated timings and logs the instant right before each of its writes on the
// clock that all use. Requests are joined by X-Request-Id. Tools take turns (A B C, C B A, …), and each case ends with
// Assay twice in a row: the largest difference between successive runs of Assay is the noise floor, and what lies
// below it is printed as `< floor`.
//
//   A8        8 at a time, 100 requests of 64 tokens; first token after 50 ms, each next one after 20 ms
//   C200      Poisson, 200 requests per second for 20 s, 32 tokens, 20 ms and 5 ms
//   steady    1,600 streams of 50 tokens per second each, begun within 2 s, 400 tokens
//   users100  100 streams that began one after the other, 400 requests of 64 tokens
//   step100   100 streams in step, 400 requests of 64 tokens
//   schedule  Assay alone: 1,000 requests per second for 30 s, constant and Poisson
//
// About 20 minutes; `--quick` shortens everything to see that it works.
//   npm run bench:fidelity -- [--cases A8,C200] [--repeats 4] [--tools assay,undici,fetch] [--json FILE] [--quick]
import { join } from 'node:path'
import { cores } from './lib/machine.mjs'
import { announce, begin, interleaved } from './lib/options.mjs'
import { errorsOf, joined, seen } from './lib/outcome.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { differences, exponentialTest, quantile, sorted, summary, variation } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'
import { runTool } from './lib/tools.mjs'

const { values, folder, gather, finish } = begin('fidelity', 'Reported less true, in ms', {
  cases: 'A8,C200,steady,users100,step100,schedule',
  repeats: 4,
  tools: 'assay,undici,fetch',
  quick: false,
})
const short = (full, quick) => (values.quick ? quick : full)
const engine = { ttftMs: 50, itlMs: 20 }
const cases = {
  A8: {
    times: engine,
    tokens: 64,
    load: { kind: 'concurrency', n: 8, requests: short(100, 16) },
    seconds: short(20, 5),
  },
  C200: {
    times: { ttftMs: 20, itlMs: 5 },
    tokens: 32,
    load: { kind: 'poisson', ratePerSecond: 200, durationS: short(20, 2) },
    seconds: short(24, 5),
  },
  steady: {
    times: engine,
    tokens: short(400, 50),
    load: { kind: 'users', n: 1600, rampS: 2, requests: 1600 },
    seconds: short(18, 6),
  },
  users100: {
    times: engine,
    tokens: 64,
    load: { kind: 'users', n: 100, rampS: 1.3, requests: short(400, 100) },
    seconds: short(9, 5),
  },
  step100: {
    times: engine,
    tokens: 64,
    load: { kind: 'concurrency', n: 100, requests: short(400, 100) },
    seconds: short(8, 4),
  },
}
const tools = values.tools.split(',')
const chosen = values.cases.split(',')
for (const name of chosen) {
  if (name !== 'schedule' && cases[name] === undefined) throw new Error(`no such case: ${name}`)
}
const compared = chosen.filter((name) => name !== 'schedule')
const runsACase = values.repeats * tools.length + (tools.includes('assay') ? 2 : 0)
const planned = compared.flatMap((name) => Array.from({ length: runsACase }, () => cases[name].seconds))
const scheduleS = short(30, 3)
const allSeconds =
  planned.reduce((sum, s) => sum + s, 0) + (chosen.includes('schedule') ? 4 * (scheduleS + 6) : 0)
announce(planned.length + (chosen.includes('schedule') ? 4 : 0), allSeconds / Math.max(1, planned.length))

const runs = []
const results = { runs, floors: {}, summaries: {}, schedule: [] }
gather(results)

/** Gaps of arrivals at the server against the exponential distribution that was asked for. */
function gapsOf({ kind, ratePerSecond }, arrivalMs) {
  if (kind !== 'poisson' || arrivalMs.length < 3) return {}
  const gaps = differences(arrivalMs)
  return { gapVariation: variation(gaps), gapP: exponentialTest(gaps, 1000 / ratePerSecond).p }
}

async function once(caseName, tool, repeat, server) {
  const { load, tokens, seconds } = cases[caseName]
  const { ran, told, stamped, failed } = await runTool(tool, server, {
    load,
    tokens,
    folder: join(folder, `${caseName}-${repeat}-${tool.replace(' ', '-')}`),
    timeoutS: seconds * 4 + 30,
  })
  const match = stamped === undefined ? undefined : joined(stamped.stamps, told.truth)
  const view = seen(match?.measured ?? told.truth)
  const row = {
    case: caseName,
    tool,
    repeat,
    failed,
    requests: view.requests,
    ratePerSecond: view.arrivalMs.length > 1 ? ratePerSecond(view.arrivalMs) : undefined,
    ...gapsOf(load, view.arrivalMs),
    openAtOnce: view.openAtOnce,
    serverLateP99: told.lateness.p99Ms,
    serverCore: view.spanS > 0 ? told.cpuS / view.spanS : undefined,
    cpuS: ran.load.cpuS,
    peakMb: ran.load.peakMb,
    wallS: ran.wallS,
  }
  if (match !== undefined) {
    const { stampError, missing, wrongCounts } = match
    Object.assign(row, errorsOf(match, stamped.said), { events: stampError.length, missing, wrongCounts })
  }
  runs.push(row)
  const said = failed ?? `TTFT p50 ${number(row.ttftP50)}, ITL p50 ${number(row.itlP50)}`
  progress(`${caseName} ${tool} ${repeat}: ${said}; ${row.requests} requests, ${ran.wallS.toFixed(1)} s`)
  return row
}

const ratePerSecond = (ms) => ((ms.length - 1) / (ms.at(-1) - ms[0])) * 1000

const errorFigures = {
  ttftP50: 'TTFT p50',
  ttftP99: 'TTFT p99',
  itlP50: 'ITL p50',
  itlP99: 'ITL p99',
  stampP50: 'stamp − write p50',
  stampP99: 'stamp − write p99',
}
const otherFigures = {
  ratePerSecond: 'requests/s at the server',
  gapVariation: 'gap variation (Poisson: 1)',
  gapP: 'gaps exponential, p',
  openAtOnce: 'open at once',
  serverLateP99: 'server late p99',
  serverCore: "share of the server's core",
  cpuS: 'client CPU s',
  peakMb: 'client peak MB',
}

function report(caseName) {
  const mine = runs.filter((row) => row.case === caseName && row.failed === undefined)
  const repeats = (tool) => mine.filter((row) => row.tool === tool && typeof row.repeat === 'number')
  const assay = mine.filter((row) => row.tool === 'assay')
  const floorOf = (key) => {
    const steps = differences(assay.map((row) => row[key])).map(Math.abs)
    return Math.max(0, ...steps.filter(Number.isFinite))
  }
  const rows = []
  for (const [key, title] of Object.entries(errorFigures)) {
    const floor = floorOf(key)
    results.floors[caseName] = { ...results.floors[caseName], [key]: floor }
    const of = Object.fromEntries(tools.map((tool) => [tool, summary(repeats(tool).map((row) => row[key]))]))
    results.summaries[caseName] = { ...results.summaries[caseName], [key]: of }
    const below = (tool) => of[tool] !== undefined && Math.abs(of[tool].median) < floor
    const base = of.assay && Math.max(Math.abs(of.assay.median), floor)
    rows.push([
      title,
      ...tools.map((tool) => (below(tool) ? `< ${number(floor)}` : range(of[tool], { signed: true }))),
      ...tools.slice(1).map((tool) => {
        if (below(tool)) return 'both < floor'.slice(below('assay') ? 0 : 5)
        return (below('assay') ? '> ' : '') + ratio(of[tool]?.median, base)
      }),
      number(floor),
    ])
  }
  for (const [key, title] of Object.entries(otherFigures)) {
    if (mine.every((row) => row[key] === undefined)) continue
    const of = tools.map((tool) => summary(repeats(tool).map((row) => row[key])))
    const others = ['cpuS', 'peakMb'].includes(key) ? of.slice(1) : []
    rows.push([
      title,
      ...of.map((one) => range(one)),
      ...others.map((one) => ratio(one?.median, of[0]?.median)),
    ])
  }
  const total = (tool, key) => repeats(tool).reduce((sum, row) => sum + (row[key] ?? 0), 0)
  for (const [key, title] of Object.entries({
    requests: 'requests joined',
    missing: 'sent that the server has not',
    wrongCounts: 'with another number of events',
  })) {
    rows.push([title, ...tools.map((tool) => total(tool, key))])
  }
  const heads = [caseName, ...tools, ...tools.slice(1).map((tool) => `${tool} / ${tools[0]}`), 'floor']
  printTable(
    heads,
    rows.map((row) => [...row, ...heads.slice(row.length).map(() => '')]),
  )
}

for (const caseName of compared) {
  const server = await startServer(cases[caseName].times)
  for (const { name, repeat } of interleaved(tools, values.repeats))
    await once(caseName, name, repeat, server)
  if (tools.includes('assay'))
    for (const name of ['A', 'A again']) await once(caseName, 'assay', name, server)
  await server.close()
  report(caseName)
}

/** How well Assay keeps a schedule, from its records and from the server's arrivals. */
async function schedule(kind, on, server) {
  const rate = 1000
  const load = { kind, ratePerSecond: rate, durationS: scheduleS }
  const { ran, told, stamped, failed } = await runTool('assay', server, {
    load,
    tokens: 4,
    folder: join(folder, `schedule-${kind}-${on}`),
    timeoutS: scheduleS * 4 + 30,
    on: cores[on],
  })
  const row = { kind, cores: on, failed, serverLateP99: told.lateness.p99Ms, cpuS: ran.load.cpuS }
  if (stamped !== undefined) {
    const sent = stamped.records.filter((record) => record.dispatchedNs !== undefined)
    const lateMs = sorted(sent.map((record) => (record.dispatchedNs - record.intendedNs) / 1e6))
    const ms = (key) => sorted(sent.map((record) => record[key] / 1e6))
    const arrivals = seen(joined(stamped.stamps, told.truth).measured).arrivalMs
    const gaps = (list) => exponentialTest(differences(list), 1000 / rate)
    Object.assign(row, {
      requests: stamped.records.length,
      dropped: stamped.records.length - sent.length,
      lateP50: quantile(lateMs, 0.5),
      lateP99: quantile(lateMs, 0.99),
      lateMax: lateMs.at(-1),
      // A Poisson process itself misses its rate: it is held against the schedule that was drawn.
      askedPerSecond: kind === 'constant' ? rate : ratePerSecond(ms('intendedNs')),
      realisedPerSecond: ratePerSecond(ms('dispatchedNs')),
      arrivedPerSecond: ratePerSecond(arrivals),
      ...(kind === 'constant'
        ? {}
        : {
            planGaps: gaps(ms('intendedNs')),
            dispatchGaps: gaps(ms('dispatchedNs')),
            arrivalGaps: gaps(arrivals),
          }),
    })
  }
  results.schedule.push(row)
  progress(`schedule ${kind}, ${on}: ${failed ?? `late p99 ${number(row.lateP99)} ms`}`)
}

if (chosen.includes('schedule')) {
  const server = await startServer({ ttftMs: 5, itlMs: 1 })
  for (const kind of ['constant', 'poisson']) {
    // Where the server may run too, Assay leaves it the core while it waits; elsewhere it polls the clock.
    for (const on of ['client', 'all']) await schedule(kind, on, server)
  }
  await server.close()
  const error = (row) =>
    row.askedPerSecond === undefined
      ? '–'
      : `${((row.realisedPerSecond / row.askedPerSecond - 1) * 100).toFixed(4)} %`
  const test = (of) => (of === undefined ? '–' : `${number(of.p)} (D ${of.d.toFixed(4)})`)
  printTable(
    [
      'schedule, 1,000/s',
      'cores',
      'late p50 ms',
      'p99',
      'max',
      'rate − asked',
      'plan: gaps exponential, p',
      'dispatches',
      'arrivals',
      'CPU s',
      'failed',
    ],
    results.schedule.map((row) => [
      row.kind,
      row.cores === 'client' ? 'own (polls)' : 'all (timers)',
      number(row.lateP50),
      number(row.lateP99),
      number(row.lateMax),
      error(row),
      test(row.planGaps),
      test(row.dispatchGaps),
      test(row.arrivalGaps),
      number(row.cpuS),
      row.failed ?? '',
    ]),
  )
}

finish(results)
const bad = runs.filter((row) => row.failed !== undefined || (row.tool === 'assay' && row.wrongCounts > 0))
for (const row of bad) console.log(`${row.case} ${row.tool} ${row.repeat}: ${row.failed ?? 'wrong counts'}`)
process.exitCode = bad.length === 0 && results.schedule.every((row) => row.failed === undefined) ? 0 : 1

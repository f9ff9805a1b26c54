// How many events a client takes in, and what one costs: CPU time of the client's process from its start until the
// last reply, over all events of the run. "Beyond start-up" leaves out what a run of one request of one token costs;
// "with report" adds what Assay's reporting child costs after the drain.
//
//   E        64 at a time, 2,000 requests of 128 tokens, first token after 1 ms and all others at once: the server
//            writes event by event, as fast as it can
//   E-flood  the same, and the server packs events into writes of up to 16 KiB: the client is the limit
//   E1       the same as E with 1 ms between tokens: 64,000 events per second are offered at most
//   workers  E-flood with two load threads against one, on cores of their own: needs four cores
//
// About 4 minutes.
//   npm run bench:throughput -- [--cases E,E-flood,E1,workers] [--repeats 5] [--requests 2000]
//                               [--tools assay,undici,fetch] [--json FILE]
import { join } from 'node:path'
import { cores } from './lib/machine.mjs'
import { announce, begin, interleaved } from './lib/options.mjs'
import { errorsOf, joined, seen } from './lib/outcome.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { summary } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'
import { runTool } from './lib/tools.mjs'

const { values, folder, gather, finish } = begin('throughput', 'Events per second, and CPU time per event', {
  cases: 'E,E-flood,E1,workers',
  repeats: 5,
  requests: 2000,
  tools: 'assay,undici,fetch',
})
const tokens = 128
const neededSpeedUp = 1.8
const cases = {
  E: { times: { ttftMs: 1, itlMs: 0 }, flood: false },
  'E-flood': { times: { ttftMs: 1, itlMs: 0 }, flood: true },
  E1: { times: { ttftMs: 1, itlMs: 1 }, flood: false },
}
const tools = values.tools.split(',')
const chosen = values.cases.split(',')
const compared = chosen.filter((name) => name !== 'workers')
for (const name of compared) if (cases[name] === undefined) throw new Error(`no such case: ${name}`)
announce((compared.length * values.repeats + 1) * tools.length, 6)

const runs = []
const results = { runs, summaries: {}, startUp: {}, workers: undefined }
gather(results)

async function once(caseName, tool, repeat, server, { load, tokens, ...more }) {
  const { ran, told, stamped, failed } = await runTool(tool, server, {
    load,
    tokens,
    folder: join(folder, `${caseName}-${tool}-${repeat}`),
    timeoutS: 120,
    ...more,
  })
  const match = stamped === undefined ? undefined : joined(stamped.stamps, told.truth)
  // The rate is that of the load; the cost is that of everything, a first request to see the model included.
  const view = seen(match?.measured ?? told.truth)
  const row = {
    case: caseName,
    tool,
    repeat,
    failed,
    events: seen(told.truth).events,
    eventsPerSecond: view.eventsPerSecond,
    clientCpuS: ran.load.cpuS,
    totalCpuS: ran.totalCpuS,
    clientCore: ran.load.cpuS / view.spanS,
    serverCore: told.cpuS / view.spanS,
    peakMb: ran.load.peakMb,
    wallS: ran.wallS,
    missing: match?.missing,
    wrongCounts: match?.wrongCounts,
    ...(match === undefined ? {} : errorsOf(match, stamped.said)),
  }
  const said = failed ?? `${number(row.eventsPerSecond)} events/s`
  progress(
    `${caseName} ${tool} ${repeat}: ${said}, ${number(row.clientCpuS)} CPU s, ${ran.wallS.toFixed(1)} s`,
  )
  return row
}

const load = { kind: 'concurrency', n: 64, requests: values.requests }
const idle = await startServer({ ttftMs: 1, itlMs: 0 })
for (const tool of tools) {
  const row = await once('one token', tool, 0, idle, { load: { kind: 'burst', n: 1 }, tokens: 1 })
  results.startUp[tool] = row.clientCpuS
}
await idle.close()

for (const caseName of compared) {
  const { times, flood } = cases[caseName]
  const server = await startServer(times, { flood })
  for (const { name, repeat } of interleaved(tools, values.repeats)) {
    runs.push(await once(caseName, name, repeat, server, { load, tokens }))
  }
  await server.close()
  const of = Object.fromEntries(
    tools.map((tool) => {
      const mine = runs.filter(
        (row) => row.case === caseName && row.tool === tool && row.failed === undefined,
      )
      const per = (what) => summary(mine.map((row) => (what(row) / row.events) * 1e6))
      const figures = ['eventsPerSecond', 'clientCore', 'serverCore', 'peakMb', 'itlP50', 'itlP99']
      return [
        tool,
        {
          ...Object.fromEntries(figures.map((key) => [key, summary(mine.map((row) => row[key]))])),
          cpuUsPerEvent: per((row) => row.clientCpuS),
          beyondStartUp: per((row) => row.clientCpuS - results.startUp[tool]),
          withReport: per((row) => row.totalCpuS),
          wrongCounts: mine.reduce((sum, row) => sum + (row.wrongCounts ?? 0) + (row.missing ?? 0), 0),
        },
      ]
    }),
  )
  results.summaries[caseName] = of
  const titles = {
    eventsPerSecond: 'events/s at the server',
    cpuUsPerEvent: 'CPU µs per event, until drained',
    beyondStartUp: 'beyond start-up',
    withReport: 'with report',
    clientCore: 'client CPU s per s of load',
    serverCore: "share of the server's core",
    peakMb: 'peak MB until drained',
    itlP50: 'ITL bias p50, ms',
    itlP99: 'ITL bias p99, ms',
  }
  printTable(
    [caseName, ...tools, ...tools.slice(1).map((tool) => `${tool} / ${tools[0]}`)],
    [
      ...Object.entries(titles).map(([key, title]) => [
        title,
        ...tools.map((tool) => range(of[tool][key], { signed: key.startsWith('itl') })),
        ...tools.slice(1).map((tool) => ratio(of[tool][key]?.median, of[tools[0]][key]?.median)),
      ]),
      [
        'lost or wrongly counted',
        ...tools.map((tool) => of[tool].wrongCounts),
        ...tools.slice(1).map(() => ''),
      ],
    ],
  )
}

if (chosen.includes('workers')) {
  if (cores.count < 4 || !cores.pinned) {
    console.log(
      `Two workers against one: not run. It takes two cores for them, one for the server and one for everything else; ` +
        `here are ${cores.count}${cores.pinned ? '' : ', and nothing can be pinned'}.`,
    )
  } else {
    const server = await startServer({ ttftMs: 1, itlMs: 0 }, { flood: true })
    const kinds = { one: ['--workers', '1'], two: ['--workers', '2'] }
    const rows = []
    for (const { name, repeat } of interleaved(Object.keys(kinds), values.repeats)) {
      const more = { load, tokens, more: kinds[name], on: cores.twoWorkers }
      rows.push({ workers: name, ...(await once(`${name} workers`, 'assay', repeat, server, more)) })
    }
    await server.close()
    const of = (name, key) => summary(rows.filter((row) => row.workers === name).map((row) => row[key]))
    const [one, two] = ['one', 'two'].map((name) => of(name, 'eventsPerSecond'))
    const speedUp = one && two && two.median / one.median
    results.workers = { rows, one, two, speedUp }
    runs.push(...rows)
    printTable(
      ['E-flood', 'one worker', 'two workers', 'ratio'],
      [
        ['events/s at the server', range(one), range(two), ratio(two?.median, one?.median)],
        ["share of the server's core", range(of('one', 'serverCore')), range(of('two', 'serverCore')), ''],
      ],
    )
    const serverBound = (of('two', 'serverCore')?.median ?? 0) > 0.9
    console.log(
      speedUp >= neededSpeedUp
        ? `Two workers take in ${number(speedUp)} times as much (asked: ${neededSpeedUp}).`
        : `Below ${neededSpeedUp} times${serverBound ? ": the server's core is full, so this shows its limit" : ''}.`,
    )
  }
}

finish(results)
const bad = runs.filter((row) => row.failed !== undefined || (row.tool === 'assay' && row.wrongCounts > 0))
for (const row of bad) console.log(`${row.case} ${row.tool} ${row.repeat}: ${row.failed ?? 'wrong counts'}`)
process.exitCode = bad.length === 0 ? 0 : 1

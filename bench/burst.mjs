// Bursts: N requests at one instant, where clients differ most. First token after 50 ms, each next one after 20 ms,
// 64 tokens. Tools take turns; each burst is a run of its own, from start to end of the program.
//
//   TTFT error, per request   reported TTFT − (the server's first write − its arrival), joined by X-Request-Id, over the
//                             requests of all bursts of a row
//   bias                      the tool's quantile − the truth's quantile, per burst: median and range. This is what
//                             a tool without request ids can be held to.
//
// Assay once with kept-alive connections (opened before the burst) and once with fresh ones, beside undici and fetch,
// which open theirs as they send. Further tools: --tool 'name=command with {url} {model} {out} {n} {tokens}'.
// About 12 minutes.
//   npm run bench:burst -- [--sizes 100,400,1600] [--bursts 10] [--tools "assay reuse,assay fresh,undici,fetch"]
//                          [--tool …] [--json FILE]
import { join } from 'node:path'
import { announce, begin, interleaved } from './lib/options.mjs'
import { errorsOf, joined, seen } from './lib/outcome.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { quantile, sorted, summary } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'
import { runToolCommand, toolCommand } from './lib/tool-command.mjs'
import { runTool } from './lib/tools.mjs'

const tokens = 64
const { values, folder, gather, finish } = begin('burst', 'Bursts of requests at one instant', {
  sizes: '100,400,1600',
  bursts: 10,
  tools: 'assay reuse,assay fresh,undici,fetch',
  tool: [],
  'tool-seconds': 60,
})
const sizes = values.sizes.split(',').map(Number)
const commands = new Map(values.tool.map(toolCommand).map((tool) => [tool.name, tool]))
const built = values.tools === '' ? [] : values.tools.split(',')
const tools = [...built, ...commands.keys()]
announce(
  sizes.length * values.bursts * tools.length + tools.length,
  (built.length * 4.5 + commands.size * 15) / tools.length,
)

const server = await startServer({ ttftMs: 50, itlMs: 20 })
const runs = []
gather({ runs })
const pools = new Map()

/** One burst of `n` requests, of which only the cost is looked at when `n` is 1. */
async function once(name, n, repeat, tokens) {
  const options = { folder: join(folder, `${name.replace(' ', '-')}-${n}-${repeat}`), tokens }
  const command = commands.get(name)
  const { ran, told, stamped, failed, said } =
    command === undefined
      ? await runTool(name, server, { ...options, load: { kind: 'burst', n }, timeoutS: 60 })
      : await runToolCommand(command, server, { ...options, n, timeoutS: values['tool-seconds'] })
  const match = stamped === undefined ? undefined : joined(stamped.stamps, told.truth)
  // A tool's requests before its burst, to see that there is a model, are no part of it.
  const view = seen(match?.measured ?? { ...told.truth, requests: told.truth.requests.slice(-n) })
  const row = {
    tool: name,
    n,
    repeat,
    failed,
    requests: view.requests,
    complete: view.complete,
    events: view.events,
    arrivalSpreadMs: view.arrivalSpreadMs,
    openAtOnce: view.openAtOnce,
    truthTtftP50: quantile(view.ttftMs, 0.5),
    truthTtftP99: quantile(view.ttftMs, 0.99),
    truthItlP50: quantile(view.itlMs, 0.5),
    truthItlP99: quantile(view.itlMs, 0.99),
    serverLateP99: told.lateness.p99Ms,
    cpuS: ran.load.cpuS,
    totalCpuS: ran.totalCpuS,
    peakMb: ran.load.peakMb,
    wallS: ran.wallS,
  }
  if (match !== undefined) {
    const { missing, wrongCounts } = match
    Object.assign(row, errorsOf(match, stamped.said), { missing, wrongCounts })
    if (n > 1) {
      const pool = pools.get(`${name} ${n}`) ?? { error: [], reported: [], truth: [], stamps: [] }
      pools.set(`${name} ${n}`, pool)
      pool.error.push(...match.ttft.error)
      pool.reported.push(...match.ttft.reported)
      pool.truth.push(...match.ttft.truth)
      for (const value of match.stampError) pool.stamps.push(value)
    }
  } else if (said !== undefined) {
    for (const [key, truth] of Object.entries({
      ttftP50: row.truthTtftP50,
      ttftP99: row.truthTtftP99,
      itlP50: row.truthItlP50,
      itlP99: row.truthItlP99,
    })) {
      if (said[key] !== undefined && truth !== undefined) row[key] = said[key] - truth
    }
  }
  const what = failed ?? `TTFT p50 ${number(row.ttftP50)} off, spread ${number(view.arrivalSpreadMs)} ms`
  progress(`${n} at once, ${name} ${repeat}: ${what}; ${view.requests} requests, ${ran.wallS.toFixed(1)} s`)
  return row
}

// What a program costs before its first request and after its last: one request of one token.
const idle = new Map()
for (const name of tools) idle.set(name, await once(name, 1, 0, 1))

for (const { name: n, repeat } of interleaved(sizes, values.bursts)) {
  for (const name of repeat % 2 === 1 ? tools : tools.toReversed())
    runs.push(await once(name, n, repeat, tokens))
}
await server.close()

const rows = sizes.flatMap((n) =>
  tools.map((name) => {
    const mine = runs.filter((run) => run.tool === name && run.n === n)
    const sound = mine.filter((run) => run.failed === undefined)
    const of = (key) => summary(sound.map((run) => run[key]))
    const total = (key) => sound.reduce((sum, run) => sum + (run[key] ?? 0), 0)
    const pool = pools.get(`${name} ${n}`)
    const pooled = pool && {
      requests: pool.error.length,
      errorP50: quantile(sorted(pool.error), 0.5),
      errorP99: quantile(sorted(pool.error), 0.99),
      biasP50: quantile(sorted(pool.reported), 0.5) - quantile(sorted(pool.truth), 0.5),
      biasP99: quantile(sorted(pool.reported), 0.99) - quantile(sorted(pool.truth), 0.99),
      stampP50: quantile(sorted(pool.stamps), 0.5),
      stampP99: quantile(sorted(pool.stamps), 0.99),
    }
    const keys = ['ttftP50', 'ttftP99', 'itlP50', 'itlP99', 'ttftErrorP50', 'ttftErrorP99', 'arrivalSpreadMs']
    keys.push('openAtOnce', 'serverLateP99', 'cpuS', 'totalCpuS', 'peakMb', 'wallS')
    const startUpCpuS = idle.get(name).cpuS
    return {
      n,
      tool: name,
      bursts: mine.length,
      failed: mine.filter((run) => run.failed !== undefined).length,
      wrongCounts: total('wrongCounts'),
      missing: total('missing'),
      pooled,
      single: Object.fromEntries(keys.map((key) => [key, of(key)])),
      cpuUsPerEvent: (total('cpuS') / total('events')) * 1e6,
      cpuUsPerEventBeyondStart: ((total('cpuS') - sound.length * startUpCpuS) / total('events')) * 1e6,
      startUpCpuS,
    }
  }),
)

for (const n of sizes) {
  const mine = rows.filter((row) => row.n === n)
  const base = mine[0]
  // Without requests that are joined there is only the bias.
  const off = (row) => row.pooled?.errorP50 ?? row.single.ttftP50?.median
  printTable(
    [
      `${n} at once, ms`,
      'TTFT error p50',
      'p99, pooled',
      `/ ${tools[0]}`,
      'bias p50, by burst',
      'bias p99, by burst',
      'ITL bias p50',
      'ITL bias p99',
      'arrivals spread',
      'open at once',
    ],
    mine.map((row) => [
      row.tool,
      number(row.pooled?.errorP50),
      number(row.pooled?.errorP99),
      ratio(off(row), off(base)),
      range(row.single.ttftP50, { signed: true }),
      range(row.single.ttftP99, { signed: true }),
      range(row.single.itlP50, { signed: true }),
      range(row.single.itlP99, { signed: true }),
      range(row.single.arrivalSpreadMs),
      range(row.single.openAtOnce),
    ]),
  )
  printTable(
    [
      `${n} at once, cost`,
      'CPU s',
      'µs per event',
      'beyond start-up',
      `/ ${tools[0]}`,
      'CPU s with report',
      'peak MB',
      'server late p99 ms',
      'bursts',
      'failed',
      'wrong counts',
    ],
    mine.map((row) => [
      row.tool,
      range(row.single.cpuS),
      number(row.cpuUsPerEvent),
      number(row.cpuUsPerEventBeyondStart),
      ratio(row.cpuUsPerEvent, base.cpuUsPerEvent),
      range(row.single.totalCpuS),
      range(row.single.peakMb),
      range(row.single.serverLateP99),
      row.bursts,
      row.failed,
      row.wrongCounts,
    ]),
  )
}
finish({ rows, runs, idle: [...idle.values()] })
for (const run of runs.filter(({ failed }) => failed !== undefined)) {
  console.log(`${run.n} at once, ${run.tool} ${run.repeat}: ${run.failed}`)
}
process.exitCode = rows.every((row) => row.failed === 0 && row.wrongCounts === 0) ? 0 : 1

// Memory of the client's process tree while it works, until the last reply; the server is another process.
//
//   streams   so many streams in flight at once, an event every 500 ms each. Goal: 300 MB at 10,000. Undici beside it.
//   events    ten million events as fast as the server writes them one by one, or with --flood packed into writes of
//             up to 16 KiB: does memory grow with what was measured? The slope of resident memory over events written,
//             after the first million, with its 95 % interval; bytes on disk per event. The load is ended when it is
//             drained; with --report the report is made too, and its memory printed.
//
// Each side of a connection takes a descriptor: 10,000 streams need a hard limit (`ulimit -Hn`) of about 10,300.
// About 6 minutes.
//   npm run bench:memory -- [--streams 100,1000,10000] [--repeats 2] [--million-events 10] [--parts streams,events]
//                           [--tools assay,undici] [--flood] [--report] [--json FILE]
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { descriptorLimit } from './lib/machine.mjs'
import { announce, begin, interleaved } from './lib/options.mjs'
import { joined, seen } from './lib/outcome.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { slope, summary } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'
import { runAssay, runTool } from './lib/tools.mjs'

const { values, folder, gather, finish } = begin(
  'memory',
  'Peak resident memory of the client until drained',
  {
    streams: '100,1000,10000',
    repeats: 2,
    'million-events': 10,
    parts: 'streams,events',
    tools: 'assay,undici',
    flood: false,
    report: false,
  },
)
const goal = { streams: 10_000, mb: 300 }
/** Files, pipes and threads of a process besides its connections. */
const spareDescriptors = 300
const parts = values.parts.split(',')
const tools = values.tools.split(',')
const limit = descriptorLimit()
const sizes = values.streams.split(',').map(Number)
const possible = sizes.filter((n) => n + spareDescriptors <= limit)
for (const n of sizes) {
  if (possible.includes(n)) continue
  console.log(
    `${n} streams left out: they need ${n + spareDescriptors} descriptors, the hard limit is ${limit}.`,
  )
  console.log(`Raise it for this shell, as root: ulimit -Hn ${n + spareDescriptors}\n`)
}
announce(
  (parts.includes('streams') ? possible.length * values.repeats * tools.length : 0) +
    (parts.includes('events') ? values['million-events'] * 0.7 : 0),
  18,
)
const results = { streams: [], events: undefined }
gather(results)
const failures = []

/** Bytes of all files below a folder; 0 when there is none. */
function bytesBelow(path) {
  let bytes = 0
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name)
      bytes += entry.isDirectory() ? bytesBelow(inside) : statSync(inside).size
    }
  } catch {
    // It is made or taken away just now.
  }
  return bytes
}

if (parts.includes('streams')) {
  // The first token comes late, so that all are under way by then.
  const server = await startServer({ ttftMs: 3000, itlMs: 500 })
  for (const n of possible) {
    for (const { name, repeat } of interleaved(tools, values.repeats)) {
      const { ran, told, stamped, failed } = await runTool(name, server, {
        load: { kind: 'burst', n },
        tokens: 16,
        folder: join(folder, `${name}-${n}-${repeat}`),
        timeoutS: 180,
      })
      const match = stamped === undefined ? undefined : joined(stamped.stamps, told.truth)
      const { openAtOnce, requests, complete } = seen(match?.measured ?? told.truth)
      const row = { n, tool: name, repeat, failed, ...ran.load, reportPeakMb: ran.peakAfterMb }
      results.streams.push({
        ...row,
        openAtOnce,
        requests,
        complete,
        wrongCounts: match?.wrongCounts,
        missing: match?.missing,
      })
      if (failed !== undefined) failures.push(`${n} streams, ${name} ${repeat}: ${failed}`)
      if (complete < n) failures.push(`${n} streams, ${name} ${repeat}: ${complete} of ${n} were answered`)
      progress(`${n} streams, ${name} ${repeat}: ${number(row.peakMb)} MB, ${openAtOnce} open at once`)
    }
  }
  await server.close()
  const rows = possible.flatMap((n) => {
    const of = (tool, key) =>
      summary(results.streams.filter((row) => row.n === n && row.tool === tool).map((row) => row[key]))
    return tools.map((tool) => [
      `${n} streams, ${tool}`,
      range(of(tool, 'peakMb')),
      ratio(of(tool, 'peakMb')?.median, of(tools[0], 'peakMb')?.median),
      number(((of(tool, 'peakMb')?.median ?? 0) * 1000) / n),
      range(of(tool, 'openAtOnce')),
      range(of(tool, 'cpuS')),
      tool === 'assay' ? range(of(tool, 'reportPeakMb')) : '–',
    ])
  })
  printTable(
    ['', 'peak MB', `/ ${tools[0]}`, 'kB per stream', 'open at once', 'CPU s', 'MB while reporting'],
    rows,
  )
  const most = results.streams.filter((row) => row.tool === 'assay' && row.n === goal.streams)
  if (most.length > 0) {
    const mb = summary(most.map((row) => row.peakMb)).median
    console.log(
      `Goal of ${goal.mb} MB at ${goal.streams} streams: ${mb <= goal.mb ? 'met' : 'missed'} (${number(mb)} MB).\n`,
    )
  }
}

if (parts.includes('events')) {
  const tokens = 5000
  const requests = Math.max(64, Math.ceil((values['million-events'] * 1e6) / tokens))
  const server = await startServer({ ttftMs: 1, itlMs: 0 }, { flood: values.flood })
  await server.reset()
  const out = join(folder, 'events')
  const samples = []
  const ran = await runAssay(server.url, {
    load: { kind: 'concurrency', n: 64, requests },
    tokens,
    folder: out,
    timeoutS: 900,
    everyMs: 200,
    endWhenDrained: !values.report,
    onSample(sample) {
      samples.push({ ...sample, diskBytes: bytesBelow(out) })
      if (samples.length % 50 === 0) {
        progress(
          `${number(sample.s)} s: ${number(sample.mb)} MB, ${number(samples.at(-1).diskBytes / 1e6)} MB on disk`,
        )
      }
    },
  })
  const { truth } = await server.told()
  await server.close()
  const { events, eventsPerSecond, complete } = seen(truth)
  // What lies on disk says how far a sample had come: a journal grows by the same bytes with each event.
  const journalBytes = Math.max(0, ...samples.map((sample) => sample.diskBytes))
  const points = samples.map((sample) => [(sample.diskBytes / journalBytes) * (events / 1e6), sample.mb])
  const later = points.filter(([millions]) => millions > Math.min(1, events / 4e6))
  const fit = slope(later)
  results.events = {
    failed: ran.failure,
    events,
    eventsPerSecond,
    complete,
    unlogged: truth.unlogged,
    ...ran.load,
    bytesPerEventInJournal: journalBytes / events,
    mbPerMillionEvents: fit,
    points,
    report: values.report
      ? { peakMb: ran.peakAfterMb, bytesPerEvent: bytesBelow(out) / events, wallS: ran.wallS }
      : undefined,
  }
  if (ran.failure !== undefined) failures.push(`events: ${ran.failure}`)
  // Also where it was ended at the drain: a load that gave up has drained too.
  if (complete <= requests)
    failures.push(`events: the load ended after ${complete} of ${requests + 1} replies`)
  const { report } = results.events
  printTable(
    ['events', ''],
    [
      ['written, millions', number(events / 1e6)],
      ['per second', number(eventsPerSecond)],
      ['replies complete', `${complete} of ${requests + 1}`],
      ['peak MB until drained', number(ran.load.peakMb)],
      [
        'MB per million events after the first',
        fit === undefined ? '–' : `${number(fit.value)} [${number(fit.low)}..${number(fit.high)}]`,
      ],
      ['bytes of journal per event', number(journalBytes / events)],
      ...(report === undefined
        ? []
        : [
            ['bytes on disk per event in the end', number(report.bytesPerEvent)],
            ['peak MB while reporting', number(report.peakMb)],
            ['s from start to report', number(report.wallS)],
          ]),
    ],
  )
}
finish(results)
for (const failure of failures) console.log(failure)
process.exitCode = failures.length === 0 ? 0 : 1

// How long a user waits, and how much memory the load takes: from `assay quick URL` to the first byte of the first
// request at the server, `assay --help`, and the peak resident memory of the process tree until the last reply. Beside
// `node -e 0`, below which no program on Node can be, in turns with it. About a minute.
//   npm run bench:startup -- [--repeats 10] [--streams 100] [--json FILE]
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cores } from './lib/machine.mjs'
import { announce, begin } from './lib/options.mjs'
import { watch } from './lib/processes.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { summary } from './lib/statistics.mjs'
import { printTable, range, ratio } from './lib/table.mjs'

const { values, folder, finish } = begin('startup', 'Start-up and memory, median [least..most]', {
  repeats: 10,
  streams: 100,
})
announce(values.repeats * 3, 2)
const cli = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url))
const server = await startServer({ ttftMs: 50, itlMs: 20 })

/** Runs a Node program to its end. Memory is read often: these programs are short. */
async function node(args, more = {}) {
  const ran = await watch(process.execPath, args, {
    cores: cores.client,
    timeoutS: 60,
    everyMs: 20,
    ...more,
  })
  if (ran.failure !== undefined) throw new Error(`node ${args.join(' ')}: ${ran.failure}`)
  return ran
}

async function load(repeat) {
  await server.reset()
  const out = join(folder, String(repeat))
  const flags = [
    '--concurrency',
    values.streams,
    '--requests',
    values.streams,
    '--out',
    out,
    '--quiet',
    '--calibrate',
    'skip',
  ]
  const ran = await node([cli, 'quick', server.url, ...flags.map(String)], {
    drained: (commands) => commands.some((command) => command.includes('finish-child')),
  })
  rmSync(out, { recursive: true, force: true, maxRetries: 3 })
  const { truth } = await server.told()
  const first = Math.min(...truth.requests.map((request) => request.arrivalNs))
  const firstMs = first / 1e6 - Number(ran.startedNs - BigInt(truth.epochMonotonicNs)) / 1e6
  return { firstMs, peakMb: ran.load.peakMb }
}

const rows = []
for (let repeat = 1; repeat <= values.repeats; repeat++) {
  const floor = await node(['-e', '0'])
  const help = await node([cli, '--help'])
  const { firstMs, peakMb } = await load(repeat)
  // The memory of an idle Node takes a program that lives long enough to be looked at.
  const idle = await node(['-e', 'setTimeout(() => {}, 150)'])
  rows.push({
    floorMs: floor.wallS * 1000,
    helpMs: help.wallS * 1000,
    firstMs,
    peakMb,
    floorMb: idle.load.peakMb,
  })
  progress(`${repeat} of ${values.repeats}`)
}
await server.close()

const of = Object.fromEntries(Object.keys(rows[0]).map((key) => [key, summary(rows.map((row) => row[key]))]))
const line = (title, unit, key, floor) => [
  title,
  `${range(of[key])} ${unit}`,
  ratio(of[key].median, of[floor].median),
]
printTable(
  [`${values.repeats} repeats`, 'median [least..most]', '/ node -e 0'],
  [
    line('node -e 0', 'ms', 'floorMs', 'floorMs'),
    line('assay --help', 'ms', 'helpMs', 'floorMs'),
    line('start to first byte of the first request at the server', 'ms', 'firstMs', 'floorMs'),
    line('memory of an idle Node', 'MB', 'floorMb', 'floorMb'),
    line(`peak memory of the tree, ${values.streams} streams, until drained`, 'MB', 'peakMb', 'floorMb'),
  ],
)
finish({ rows, summaries: of })

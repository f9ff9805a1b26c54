// How long a user waits, and how much memory the load takes: from `assay quick URL` to the first byte of the first
// request at the server, `assay --help`, and the peak resident memory of the process tree until the last reply.
//   npm run bench:startup -- [--repeats 10] [--streams 100]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spawnReference } from '../dist/reference/spawn.js'

const { values } = parseArgs({
  options: { repeats: { type: 'string', default: '10' }, streams: { type: 'string', default: '100' } },
})
const cli = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'assay-startup-'))
const server = await spawnReference({ timing: { kind: 'fixed', ttftMs: 50, itlMs: 20 } })
const nowNs = () => process.hrtime.bigint()
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

/** A process and all below it, with resident memory in bytes, from procfs. */
function treeOf(root) {
  const parents = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      parents.set(Number(pid), {
        parent: Number(fields[1]),
        bytes: Number(fields[21]) * 4096,
        command: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      })
    } catch {
      // It ended while we looked.
    }
  }
  const inTree = (pid) => pid === root || (parents.has(pid) && inTree(parents.get(pid).parent))
  return [...parents].filter(([pid]) => inTree(pid)).map(([, process]) => process)
}

async function once(repeat, streams) {
  await server.reset()
  const out = join(folder, String(repeat))
  const started = nowNs()
  const args = [
    'quick',
    server.url,
    '--concurrency',
    String(streams),
    '--requests',
    String(streams),
    '--out',
    out,
  ]
  const child = spawn(process.execPath, [cli, ...args, '--quiet'], { stdio: 'ignore' })
  let peak = 0
  const timer = setInterval(() => {
    // After the drain a process of its own makes the report: that is no longer the load's memory.
    const tree = treeOf(child.pid)
    if (tree.some(({ command }) => command.includes('finish-child'))) clearInterval(timer)
    else
      peak = Math.max(
        peak,
        tree.reduce((sum, { bytes }) => sum + bytes, 0),
      )
  }, 20)
  await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  const { requests, epochMonotonicNs } = await server.truth()
  const first = Math.min(...requests.map((request) => request.arrivalNs))
  return { firstMs: first / 1e6 - Number(started - BigInt(epochMonotonicNs)) / 1e6, peakMb: peak / 1e6 }
}

const help = Array.from({ length: Number(values.repeats) }, () => {
  const started = nowNs()
  spawnSync(process.execPath, [cli, '--help'], { stdio: 'ignore' })
  return Number(nowNs() - started) / 1e6
})
const runs = []
for (let repeat = 0; repeat < Number(values.repeats); repeat++) runs.push(await once(repeat, values.streams))
const row = (what, list, unit) =>
  console.log(
    `${what.padEnd(46)}${median(list).toFixed(0).padStart(6)} ${unit}   [${Math.min(...list).toFixed(0)} … ${Math.max(...list).toFixed(0)}]`,
  )
console.log(`median [least … most] of ${values.repeats}; Node ${process.version}`)
row('assay --help', help, 'ms')
row(
  'start to first byte of the first request',
  runs.map((run) => run.firstMs),
  'ms',
)
row(
  `peak memory of the tree, ${values.streams} streams, until drained`,
  runs.map((run) => run.peakMb),
  'MB',
)
await server.close()
rmSync(folder, { recursive: true })

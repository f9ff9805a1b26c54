// The tools under test: the built command, and two small clients as one would write them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRun, resolveRunFolders } from '../../dist/store/index.js'
import { cores } from './machine.mjs'
import { watch } from './processes.mjs'

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))
const cli = pathOf('../../dist/bin/main.js')
const clients = {
  undici: pathOf('../clients/undici.mjs'),
  fetch: pathOf('../clients/fetch.mjs'),
  'grpc-js': pathOf('../clients/grpc-js.mjs'),
}

/** The prompt that every tool sends. */
const inputTokens = 32

/** After the drain a process of its own makes the tables and the report: no longer the load. */
const drained = (commands) => commands.some((command) => command.includes('finish-child'))

/** A load in the words of a study file; no warm-up, as the others make none. */
function studyLoad({ kind, ...load }) {
  const until = {
    ...(load.requests === undefined ? {} : { requests: load.requests }),
    ...(load.durationS === undefined ? {} : { duration: load.durationS }),
  }
  const rest = { ...until, warmup: { requests: 0 }, drain: load.drainS ?? 60 }
  switch (kind) {
    case 'burst':
      return { burst: load.n, drain: load.drainS ?? 60 }
    case 'concurrency':
      return { concurrency: load.n, ...rest }
    case 'users':
      return { users: load.n, ramp: load.rampS, ...rest }
    case 'poisson':
    case 'constant':
      return { rate: load.ratePerSecond, arrivals: kind, ...rest }
    default:
      throw new Error(`no such load: ${kind}`)
  }
}

/**
 * Runs Assay on a study of one cell in `folder`, which must not exist. The result is that of `watch`; what was left
 * is read by `assayStamps`, whatever the exit code says about the measurement.
 */
export async function runAssay(url, options) {
  const { load, tokens, folder, connections = 'reuse', target = {}, more = [], ...rest } = options
  const { on = cores.client, ...watching } = rest
  const study = `${folder}.yaml`
  writeFileSync(
    study,
    // JSON is YAML.
    JSON.stringify({
      name: 'bench',
      targets: [{ url, connections, ...target }],
      workloads: [{ prompt: { tokens: inputTokens }, output: { tokens } }],
      loads: [studyLoad(load)],
    }),
  )
  const args = [cli, 'run', study, '--out', folder, '--quiet', '--calibrate', 'skip', ...more]
  const watched = await watch(process.execPath, args, { ...watching, cores: on, drained })
  rmSync(study)
  return watched
}

/** Runs one of the small clients; it counts its own CPU time and memory at the drain, as one does inside a program. */
export async function runClient(name, url, { load, tokens, folder, on = cores.client, ...watching }) {
  const out = `${folder}.json`
  const plan = { url, load, tokens, inputTokens, out }
  const args = [clients[name], JSON.stringify(plan)]
  const watched = await watch(process.execPath, args, { ...watching, cores: on })
  if (!existsSync(out)) return watched
  const said = JSON.parse(readFileSync(out, 'utf8'))
  rmSync(out)
  return { ...watched, load: { cpuS: said.cpuS, peakMb: said.peakMb, peakOneMb: said.peakMb }, said }
}

/** Assay's stamps by request id on the truth's clock, with the run, its records and what its report says. */
export async function assayStamps(folder, truth) {
  const [runFolder] = await resolveRunFolders(folder)
  const { run, records } = await readRun(runFolder)
  const shiftNs = Number(BigInt(run.clock.epochMonotonicNs) - BigInt(truth.epochMonotonicNs))
  const stamps = new Map(
    records.map((record) => [
      `${run.id}-${record.index}`,
      {
        sentNs: (record.sentNs ?? Number.NaN) + shiftNs,
        eventNs: record.events.atNs.map((ns) => ns + shiftNs),
      },
    ]),
  )
  return { stamps, run, records, said: reported(folder) }
}

/** What the report states, ms; a quantile that it withholds is absent. */
function reported(folder) {
  const path = join(folder, 'report.json')
  if (!existsSync(path)) return {}
  const { results } = JSON.parse(readFileSync(path, 'utf8'))
  const value = (metric, q) =>
    results.find(
      (r) =>
        r.metric === metric &&
        r.from === 'sent' &&
        r.stat === 'quantile' &&
        r.q === q &&
        r.repeat === 'pooled',
    )?.value
  return {
    ttftP50: value('ttft', 0.5),
    ttftP99: value('ttft', 0.99),
    itlP50: value('itl', 0.5),
    itlP99: value('itl', 0.99),
  }
}

/** A small client's stamps by request id on the truth's clock. */
export function clientStamps(said, truth) {
  const shiftNs = Number(BigInt(said.epochMonotonicNs) - BigInt(truth.epochMonotonicNs))
  const stamps = new Map(
    said.requests.map(({ id, sentNs, eventNs }) => [
      id,
      { sentNs: sentNs + shiftNs, eventNs: eventNs.map((ns) => ns + shiftNs) },
    ]),
  )
  return { stamps, said: {} }
}

/**
 * One run of a tool against a server that was reset: how it ran, its stamps, what the server told.
 * `name`: `assay`, `assay fresh`, `undici` or `fetch`. What it wrote is gone afterwards, unless `keep` looks at it.
 */
export async function runTool(name, server, { keep, ...options }) {
  await server.reset()
  const [tool, connections] = name.split(' ')
  const ran =
    tool === 'assay'
      ? await runAssay(server.url, { ...options, connections })
      : await runClient(tool, server.url, options)
  const told = await server.told()
  let stamped
  try {
    if (tool === 'assay') stamped = await assayStamps(options.folder, told.truth)
    else if (ran.said !== undefined) stamped = clientStamps(ran.said, told.truth)
  } catch (error) {
    ran.failure ??= `left nothing to read: ${error.message}`
  }
  keep?.(options.folder)
  rmSync(options.folder, { recursive: true, force: true, maxRetries: 3 })
  const failed = ran.failure ?? (stamped === undefined ? 'left nothing to read' : undefined)
  return { ran, told, stamped, failed }
}

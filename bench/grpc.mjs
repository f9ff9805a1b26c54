// What a message of gRPC costs: CPU time of the client's process until the last reply, start-up left out, over all
// messages. Assay against grpc-js with proto-loader alone, both over the reference server's ModelStreamInfer: 64 calls at
// a time, 128 messages each and an empty last one.
//
//   flood   first token after 1 ms, all others at once: the server packs messages into writes
//   paced   1 ms between tokens: a message a read, mostly
//
//   npm run bench:grpc -- [--repeats 5] [--requests 1000] [--cases flood,paced] [--json FILE]
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { announce, begin, interleaved } from './lib/options.mjs'
import { progress } from './lib/progress.mjs'
import { startServer } from './lib/server.mjs'
import { summary } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'
import { runAssay, runClient } from './lib/tools.mjs'

const { values, folder, gather, finish } = begin('grpc', 'CPU time per message of gRPC', {
  repeats: 5,
  requests: 1000,
  cases: 'flood,paced',
})
const tokens = 128
const most = 1.15
const tools = ['assay', 'grpc-js']
const cases = {
  flood: { times: { ttftMs: 1, itlMs: 0 }, flood: true },
  paced: { times: { ttftMs: 1, itlMs: 1 }, flood: false },
}
const target = { dialect: 'kserve-grpc', model: 'streamer' }
const chosen = values.cases.split(',')
announce((chosen.length * values.repeats + 1) * tools.length, 8)
const results = { runs: [], summaries: {}, startUp: {} }
gather(results)

async function once(caseName, tool, repeat, server, load, length) {
  await server.reset()
  const out = join(folder, `${caseName}-${tool}-${repeat}`)
  const options = { load, tokens: length, folder: out, timeoutS: 180 }
  const ran =
    tool === 'assay'
      ? await runAssay(server.url, { ...options, target })
      : await runClient(tool, server.url, options)
  const { truth } = await server.told()
  rmSync(out, { recursive: true, force: true, maxRetries: 3 })
  // The log has the tokens; each call has a last message more.
  const messages = truth.requests.reduce((sum, { eventNs }) => sum + eventNs.length + 1, 0)
  progress(`${caseName} ${tool} ${repeat}: ${number(messages)} messages, ${number(ran.load.cpuS)} CPU s`)
  return { case: caseName, tool, repeat, failed: ran.failure, messages, cpuS: ran.load.cpuS }
}

const idle = await startServer({ ttftMs: 1, itlMs: 0 }, { as: 'triton' })
for (const tool of tools) {
  const { cpuS } = await once('one message', tool, 0, idle, { kind: 'concurrency', n: 1, requests: 1 }, 1)
  results.startUp[tool] = cpuS
}
await idle.close()

for (const caseName of chosen) {
  const { times, flood } = cases[caseName]
  const server = await startServer(times, { flood, as: 'triton' })
  const load = { kind: 'concurrency', n: 64, requests: values.requests }
  for (const { name, repeat } of interleaved(tools, values.repeats)) {
    results.runs.push(await once(caseName, name, repeat, server, load, tokens))
  }
  await server.close()
  const of = Object.fromEntries(
    tools.map((tool) => {
      const mine = results.runs.filter(
        (row) => row.case === caseName && row.tool === tool && row.failed === undefined,
      )
      return [tool, summary(mine.map((row) => ((row.cpuS - results.startUp[tool]) / row.messages) * 1e6))]
    }),
  )
  results.summaries[caseName] = of
  printTable(
    [caseName, ...tools, 'assay / grpc-js'],
    [
      [
        'CPU µs per message',
        ...tools.map((tool) => range(of[tool])),
        ratio(of.assay?.median, of['grpc-js']?.median),
      ],
    ],
  )
}
finish(results)
for (const { case: name, tool, repeat, failed } of results.runs) {
  if (failed !== undefined) console.log(`${name} ${tool} ${repeat}: ${failed}`)
}
const over = chosen.filter((name) => {
  const { assay, 'grpc-js': other } = results.summaries[name]
  return !(assay?.median <= most * other?.median)
})
console.log(
  over.length === 0 ? `Within ${most} times grpc-js alone.` : `Above ${most} times: ${over.join(', ')}.`,
)
process.exitCode = over.length === 0 && results.runs.every(({ failed }) => failed === undefined) ? 0 : 1

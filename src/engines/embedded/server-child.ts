import { cacheFolder } from '../../model/cache-folder.ts'
import { makeClock } from '../../model/clock.ts'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import { type ChildLine, toChildError } from './child-lines.ts'
import { importLlama } from './llama.ts'
import { modelFile } from './models.ts'
import type { EmbeddedOptions } from './options.ts'
import { loadModelHost } from './server/model-host.ts'
import { makeModelServer } from './server/server.ts'

/**
 * The embedded engine's process: argv[2] holds its options as JSON. It says what it does on stdout, logs to
 * stderr, and ends when stdin ends, so that it never outlives the process that started it.
 */

function tell(line: ChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function main(ending: AbortSignal): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions
  const llama = await importLlama()
  building = true
  const file = await modelFile(options.model, {
    folder: cacheFolder(),
    progress: (progress) => tell({ progress }),
    signal: ending,
  })
  building = false
  const host = await loadModelHost(llama, file, options, log)
  // The first step pages weights in and starts threads; nobody's first token should pay for that.
  const [first] = host.sequences
  if (first !== undefined) {
    await first.evaluateWithoutGeneratingNewTokens(host.tokenizeText('.'))
    await first.clearHistory()
  }
  const { prefixCache } = options
  const port = await listen(makeModelServer(host, { prefixCache, clock: makeClock(), log }), options.port)
  tell({ ready: { port, model: host.name, engineInfo: host.engineInfo, notices: file.notices } })
}

async function listen(server: ReturnType<typeof makeModelServer>, port: number): Promise<number> {
  return server.listen(port).catch((cause: unknown) => {
    throw new AssayError(
      'port-taken',
      `The embedded engine cannot listen on port ${port}: ${messageOf(cause)}`,
      {
        hint: 'Choose another "port", or leave it out for any free one.',
        exitCode: exitCodes.target,
        cause,
      },
    )
  })
}

const ending = new AbortController()
let building = false
const end = () => {
  ending.abort()
  // A build removes its half-written file first; the process ends after that.
  if (!building) process.exit(0)
}
// `on`, not `once`: a package of node-llama-cpp's ends the process at once when it finds itself the only listener.
process.on('SIGTERM', end)
// Ctrl-C reaches the whole group; the parent may want to see its requests through, and then says so.
process.on('SIGINT', () => {})
process.stdin.resume()
process.stdin.once('end', end)
process.stdin.once('error', end)

main(ending.signal).catch((error: unknown) => {
  if (ending.signal.aborted) process.exit(0)
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  tell({ error: toChildError(error) })
  // The line must be out before the process is.
  process.stdout.write('', () => process.exit(1))
})

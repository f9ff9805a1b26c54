import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { AssayError } from '../../model/errors.ts'
import type { Lateness } from '../../model/truth.ts'
import type { PersonaName } from '../../reference/personas/index.ts'
import { readSpread, type Spread, spreadForms } from '../../reference/timing/spread.ts'
import type { Timing } from '../../reference/timing.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { wholeNumber } from '../flag-values.ts'
import type { SignalSource } from '../interrupts.ts'

/** A client cannot be judged to better than the server itself was on time. */
const lateFromP99Ms = 0.3

/** What `--as` takes: keys of the table of personas, which is loaded with the server alone. */
export const playedEngines = [
  'reference',
  'vllm',
  'vllm-legacy',
  'vllm-legacy-nul',
  'tgi',
  'lightllm',
  'sglang',
  'sglang-delta',
  'lmdeploy',
  'llamacpp',
  'llama-cpp-python',
  'ollama',
  'trtllm-serve',
  'triton',
  'transformers-serve',
  'azure-openai',
  'azure-inference',
] as const satisfies readonly PersonaName[]

/** Flags of `assay reference serve`. */
export interface ServeOptions {
  readonly port: number
  readonly as: string
  readonly ttft: Spread
  readonly itl: Spread
  readonly replay?: string
  readonly seed: number
  readonly flood?: boolean
  readonly truth?: string
}

/** `assay reference`: the server whose timings are known. */
export const addReference: AddCommand = (program, context) => {
  const command = program
    .command('reference')
    .summary('serve simulated replies with exact, logged timings')
    .description(
      'The reference server: answers at stated times and logs every write. Its timings are simulated.',
    )
  withExamples(command, [{ run: 'assay reference serve', what: 'serve it until Ctrl-C' }])
  addServe(command, context)
}

function addServe(referenceCommand: Command, context: CliContext): void {
  const command = referenceCommand
    .command('serve')
    .summary('serve it on 127.0.0.1 until Ctrl-C')
    .description(
      'Serves simulated replies on 127.0.0.1 until Ctrl-C, to check any client against a server whose timings are ' +
        'known. It plays an engine throughout (--as), or where a URL says so: /as/tgi/generate_stream. ' +
        'GET /assay/truth tells when each token was written; docs/reference-server.md lists engines and faults. ' +
        `A time is ${spreadForms}.`,
    )
    .addOption(new Option('--port <n>', 'port to listen on').argParser(wholeNumber(0, 65_535)).default(8100))
    .addOption(
      new Option('--as <engine>', 'play this engine: its paths, frames, pages and counters')
        .choices(playedEngines)
        .default('reference'),
    )
    .addOption(
      new Option('--ttft <time>', 'time to the first token, ms or a distribution')
        .argParser(spread)
        .default({ kind: 'fixed', value: 50 }, '50'),
    )
    .addOption(
      new Option('--itl <time>', 'time between tokens, ms or a distribution')
        .argParser(spread)
        .default({ kind: 'fixed', value: 20 }, '20'),
    )
    .addOption(
      new Option('--replay <file>', 'play the recorded replies of this file, a JSON line each').conflicts([
        'ttft',
        'itl',
      ]),
    )
    .addOption(
      new Option('--seed <n>', 'seed of what is random in times and faults')
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
        .default(1),
    )
    .addOption(new Option('--flood', 'pack all that is due into one write, for the most events'))
    .addOption(new Option('--truth <file>', 'at the end, write the log to this new Parquet file'))
  withExamples(command, [
    { run: 'assay reference serve --ttft 200 --itl 15', what: 'on port 8100' },
    {
      run: 'assay reference serve --ttft lognormal:median=50,sigma=0.5 --itl exponential:mean=20',
      what: 'times drawn per request and per token',
    },
    { run: 'assay reference serve --ttft 0 --itl 0 --flood', what: 'as many tokens as the client can take' },
    { run: 'assay reference serve --as sglang', what: 'with the API of SGLang' },
    { run: 'assay reference serve --truth truth.parquet', what: 'and the log as a table at the end' },
    { run: 'assay quick http://127.0.0.1:8100/fault/cut@10', what: 'and every tenth reply cut off' },
  ])
  command.action((options: ServeOptions) => serve(options, context, process))
}

function spread(text: string): Spread {
  const read = readSpread(text)
  if (typeof read !== 'string') return read
  throw new InvalidArgumentError(read)
}

/** Serves until a signal, then says how late the server itself was, and writes the log where it is wanted. */
export async function serve(
  options: ServeOptions,
  { terminal }: Pick<CliContext, 'terminal'>,
  signals: Pick<SignalSource, 'on'>,
): Promise<void> {
  const told = new Promise<void>((resolve) => {
    signals.on('SIGINT', resolve)
    signals.on('SIGTERM', resolve)
  })
  const { port, as, seed, flood = false, truth } = options
  if (truth !== undefined) checkNewFile(truth)
  const { startReference } = await import('../../reference/server.ts')
  const reference = await startReference({ port, as, seed, flood, timing: timingOf(options), warmUp: true })
  terminal.err(`Serving simulated replies at ${reference.url} (Ctrl-C ends it).\n`)
  terminal.err(`  assay quick ${reference.url}\n  curl ${reference.url}/assay/truth\n`)
  await told
  const lateness = reference.lateness()
  await reference.close()
  terminal.err(`${latenessText(lateness)}\n`)
  if (truth === undefined) return
  const [{ truthInChild }, { writeWhole }] = await Promise.all([
    import('../../study/finish.ts'),
    import('../../store/write-whole.ts'),
  ])
  const json = `${truth}.json`
  writeWhole(json, JSON.stringify(reference.truth()))
  try {
    await truthInChild(json, truth)
  } catch (error) {
    terminal.err(`The log is kept as JSON in ${json}.\n`)
    throw error
  }
  terminal.err(`Wrote ${truth}.\n`)
}

function timingOf({ ttft, itl, replay }: ServeOptions): Timing {
  if (replay !== undefined) return { kind: 'replay', file: replay }
  if (ttft.kind === 'fixed' && itl.kind === 'fixed') {
    return { kind: 'fixed', ttftMs: ttft.value, itlMs: itl.value }
  }
  return { kind: 'distribution', ttft, itl }
}

/** Said before hours of serving rather than after them. */
function checkNewFile(path: string): void {
  const hint = 'Give a new file in a folder that is there.'
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
    throw new AssayError('exists', `${path} exists already; Assay never writes over a file.`, { hint })
  }
  const folder = dirname(resolve(path))
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new AssayError('no-folder', `${folder} is no folder.`, { hint })
}

/** How late the server was with its own writes, so that nobody charges it to a client. */
export function latenessText({ events, p50Ms, p99Ms, maxMs }: Lateness): string {
  if (p50Ms === undefined || p99Ms === undefined || maxMs === undefined) return 'No event was written.'
  const [p50, p99, max] = [p50Ms, p99Ms, maxMs].map((value) => value.toFixed(3))
  const lateness = `the server itself was late by ${p50} ms (p50), ${p99} ms (p99), ${max} ms (most).`
  const doubt =
    p99Ms > lateFromP99Ms
      ? `\nIt was late itself: do not judge clients by it to better than ${p99} ms. Give it a core of its own, or ask for less.`
      : ''
  return `${events} events written; ${lateness}${doubt}`
}

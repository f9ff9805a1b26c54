import { type Command, Option } from 'commander'
import type { Lateness } from '../../model/truth.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { numberValue, wholeNumber } from '../flag-values.ts'
import type { SignalSource } from '../interrupts.ts'

interface ServeOptions {
  readonly port: number
  readonly ttft: number
  readonly itl: number
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
        'known. GET /assay/truth tells when each token was written; docs/reference-server.md lists the faults.',
    )
    .addOption(new Option('--port <n>', 'port to listen on').argParser(wholeNumber(0, 65_535)).default(8100))
    .addOption(new Option('--ttft <ms>', 'time to the first token').argParser(numberValue).default(50))
    .addOption(new Option('--itl <ms>', 'time between tokens').argParser(numberValue).default(20))
  withExamples(command, [
    { run: 'assay reference serve --ttft 200 --itl 15', what: 'on port 8100' },
    { run: 'assay quick http://127.0.0.1:8100/fault/cut@10', what: 'and every tenth reply cut off' },
  ])
  command.action((options: ServeOptions) => serve(options, context, process))
}

/** Serves until a signal, then says how late the server itself was. */
async function serve(options: ServeOptions, { terminal }: CliContext, signals: SignalSource): Promise<void> {
  const told = new Promise<void>((resolve) => {
    signals.on('SIGINT', resolve)
    signals.on('SIGTERM', resolve)
  })
  const { startReference } = await import('../../reference/server.ts')
  const reference = await startReference({
    port: options.port,
    timing: { kind: 'fixed', ttftMs: options.ttft, itlMs: options.itl },
  })
  terminal.err(`Serving simulated replies at ${reference.url} (Ctrl-C ends it).\n`)
  terminal.err(`  assay quick ${reference.url}\n  curl ${reference.url}/assay/truth\n`)
  await told
  const lateness = reference.lateness()
  await reference.close()
  terminal.err(`${latenessText(lateness)}\n`)
}

/** How late the server was with its own writes, so that nobody charges it to a client. */
export function latenessText({ events, p50Ms, p99Ms, maxMs }: Lateness): string {
  if (p50Ms === undefined || p99Ms === undefined || maxMs === undefined) return 'No event was written.'
  const [p50, p99, max] = [p50Ms, p99Ms, maxMs].map((value) => value.toFixed(3))
  return `${events} events written; the server itself was late by ${p50} ms (p50), ${p99} ms (p99), ${max} ms (most).`
}

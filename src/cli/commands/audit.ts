import { type Command, Option } from 'commander'
import type { Audit } from '../../audit/audit.ts'
import type { RunningCommand } from '../../audit/run-command.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { AuditOutcome } from '../../study/audit.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { collect, numberValue, wholeNumber } from '../flag-values.ts'
import type { Terminal } from '../terminal.ts'

interface AuditFlags {
  readonly ttft: number
  readonly itl: number
  readonly model: string
  readonly skip: number
  readonly result?: string
  readonly reported?: readonly string[]
  readonly out?: string
  readonly json?: true
  readonly verbose?: true
  readonly concurrency?: number
  readonly rate?: number
  readonly burst?: number
  readonly requests?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
}

const selfFlags = ['concurrency', 'rate', 'burst', 'requests', 'inputTokens', 'outputTokens'] as const

function options(): Readonly<Record<string, readonly Option[]>> {
  const option = (flags: string, description: string) => new Option(flags, description)
  const number = (flags: string, description: string) => option(flags, description).argParser(numberValue)
  return {
    'Server:': [
      number('--ttft <ms>', 'time to the first token').default(50),
      number('--itl <ms>', 'time between tokens').default(20),
      option('--model <name>', 'name of the model that it serves').default('reference'),
    ],
    'Comparison:': [
      option('--result <file>', 'result file of the command (default: looked for in {out})'),
      option(
        '--reported <figure=value>',
        'what another tool reports, such as ttft_p50=12.3; repeatable',
      ).argParser(collect),
      option('--skip <n>', 'leave the first n requests out of the truth: readiness checks, warm-up')
        .argParser(wholeNumber(0, 1_000_000_000))
        .default(0),
    ],
    'Load, when Assay itself is audited:': [
      number('--concurrency <n>', 'requests in flight at any time (default: 32)'),
      number('--rate <n>', 'requests per second'),
      number('--burst <n>', 'requests at one instant'),
      number('--requests <n>', 'requests to measure (default: 400)'),
      number('--input-tokens <n>', 'length of each prompt'),
      number('--output-tokens <n>', 'length of each output (default: 32)'),
    ],
    'Results:': [
      option('--out <folder>', 'keep truth, log, result files and audit.json there; must not exist'),
      option('--json', 'print audit.json on stdout instead of tables'),
      option('--verbose', 'show what the command prints, on stderr'),
    ],
  }
}

/** `assay audit`: what a client does to the numbers of a server whose numbers are known. */
export const addAudit: AddCommand = (program, context) => {
  const command = program
    .command('audit')
    .summary('measure how wrong a benchmark client is')
    .description(
      'Starts the reference server, runs the command of any benchmark client against it, and compares what the client ' +
        'reports with what the server did. In the command, {url}, {host}, {port} and {model} say what to ask, and {out} ' +
        'is a fresh folder for its result files. Without a command, Assay audits itself.',
    )
    .argument('[command...]', 'after --: the command to audit')
  for (const [group, list] of Object.entries(options())) {
    for (const each of list) command.addOption(each.helpGroup(group))
  }
  withExamples(command, [
    { run: 'assay audit', what: 'Assay itself' },
    { run: 'assay audit --burst 400', what: 'Assay itself, 400 requests at one instant' },
    {
      run: 'assay audit -- vllm bench serve --base-url {url} --model {model} --tokenizer ./tok --max-concurrency 8 --ready-check-timeout-sec 0 --save-result --result-dir {out}',
      what: 'another client; its result file is found in {out}',
    },
    {
      run: 'assay audit --reported ttft_p50=52.1 -- ./client {url}',
      what: 'a client without a known result file: its figures by hand',
    },
  ])
  command.action((words: string[], flags: AuditFlags) => audit(command, words, flags, context))
}

async function audit(
  command: Command,
  words: readonly string[],
  flags: AuditFlags,
  context: CliContext,
): Promise<void> {
  const [{ runAudit }, { selfWords }, { checkWords }, { readReported }] = await Promise.all([
    import('../../study/audit.ts'),
    import('../../study/audit-self.ts'),
    import('../../audit/command-words.ts'),
    import('../../audit/reported-flag.ts'),
  ])
  const isSelf = words.length === 0
  const reported = readReported(flags.reported ?? [])
  if (!isSelf) {
    checkWords(words)
    for (const name of selfFlags) {
      if (flags[name] === undefined) continue
      const flag = command.options.find((option) => option.attributeName() === name)?.long
      throw new AssayError('audit-load', `${flag} is for audits of Assay itself.`, {
        hint: 'Give the command its load in its own words, after --.',
      })
    }
  }
  const { terminal, exitWith } = context
  let running: RunningCommand | undefined
  let interrupted = false
  const press = () => {
    if (running === undefined) return process.exit(exitCodes.interrupted)
    if (!interrupted) terminal.err('stopping the command; press Ctrl-C again to be firmer\n')
    interrupted = true
    running.interrupt()
  }
  process.on('SIGINT', press).on('SIGTERM', press)
  let outcome: AuditOutcome
  try {
    outcome = await runAudit({
      simulated: { ttftMs: flags.ttft, itlMs: flags.itl },
      model: flags.model,
      words: isSelf ? selfWords(process.argv[1] ?? '', flags) : words,
      skip: flags.skip,
      ...(flags.result === undefined ? {} : { result: flags.result }),
      reported,
      ...(flags.out === undefined ? {} : { folder: flags.out }),
      ...(flags.verbose === true ? { show: terminal.err } : {}),
      onRunning: (command) => {
        running = command
      },
    })
  } finally {
    process.off('SIGINT', press).off('SIGTERM', press)
  }
  if (outcome.audit !== undefined) await show(outcome.audit, flags.json === true, terminal)
  if (outcome.failure !== undefined) throw outcome.failure
  if (interrupted) exitWith(exitCodes.interrupted)
}

async function show(audit: Audit, asJson: boolean, terminal: Terminal): Promise<void> {
  if (asJson) return terminal.out(`${JSON.stringify(audit, null, 2)}\n`)
  const [{ auditText }, { default: picocolors }] = await Promise.all([
    import('../../audit/text.ts'),
    import('picocolors'),
  ])
  terminal.out(auditText(audit, picocolors.createColors(terminal.outColours)))
}

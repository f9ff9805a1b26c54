import { type Command, Option } from 'commander'
import { AssayError } from '../../model/errors.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { collect, wholeNumber } from '../flag-values.ts'
import type { WorkloadFlags } from '../open-workloads.ts'

/** `assay workload`: what a study asks, before anything is asked. */
export const addWorkload: AddCommand = (program, context) => {
  const command = program
    .command('workload')
    .summary('freeze, show and check what a study asks')
    .description(
      'Makes the requests of a study’s workloads without sending any. The file may be a study, YAML with workloads ' +
        'alone, or a workload that was frozen before.',
    )
  withExamples(command, [{ run: 'assay workload show study.yaml', what: 'lengths, totals and hashes' }])
  addShow(command, context)
  addFreeze(command, context)
  addVerify(command, context)
}

function addShow(workloadCommand: Command, { terminal }: CliContext): void {
  const command = workloadCommand
    .command('show')
    .summary('show lengths, totals, what is shared, and the hash')
    .description(
      'Draws the lengths of inputs and outputs, and tells totals, means and medians, how many inputs are unique, how ' +
        'much they share, and the hash that every run of the workload states.',
    )
    .argument('<file>', 'study (YAML) or frozen workload (.ndjson)')
    .addOption(new Option('--json', 'print the figures as JSON'))
  addWorkloadFlags(command)
  withExamples(command, [
    { run: 'assay workload show study.yaml', what: 'every workload of a study' },
    { run: 'assay workload show study.yaml --workload chat --requests 1000', what: 'one of them, longer' },
  ])
  command.action(async (file: string, flags: WorkloadFlags & { readonly json?: true }) => {
    const [{ openWorkloads }, { summarize }, { workloadText, workloadJson }] = await Promise.all([
      import('../open-workloads.ts'),
      import('../../workloads/summary.ts'),
      import('../workload-text.ts'),
    ])
    const shown: object[] = []
    for await (const workload of openWorkloads(file, flags)) {
      const summary = summarize(workload)
      if (flags.json === true) shown.push(workloadJson(workload, summary))
      else terminal.out(`${workloadText(workload, summary).join('\n')}\n\n`)
    }
    if (flags.json === true) terminal.out(`${JSON.stringify(shown, undefined, 2)}\n`)
  })
}

function addFreeze(workloadCommand: Command, { terminal }: CliContext): void {
  const command = workloadCommand
    .command('freeze')
    .summary('write the requests to a file, with their hash')
    .description(
      'Writes each workload as NAME.ndjson, a request a line, with its description in NAME.json and, of a trace, its ' +
        'arrivals in NAME.arrivals. A study replays it with {source: frozen, path: NAME.ndjson}.',
    )
    .argument('<file>', 'study (YAML)')
    .addOption(new Option('--out <folder>', 'folder to write to').default('.'))
  addWorkloadFlags(command)
  withExamples(command, [
    { run: 'assay workload freeze study.yaml --out frozen', what: 'every workload, into the folder frozen' },
  ])
  command.action(async (file: string, flags: WorkloadFlags & { readonly out: string }) => {
    const [{ openWorkloads }, { writeFrozen }] = await Promise.all([
      import('../open-workloads.ts'),
      import('../write-frozen.ts'),
    ])
    for await (const workload of openWorkloads(file, flags)) {
      const path = await writeFrozen(flags.out, workload)
      terminal.out(`${path}  ${workload.count} requests  sha256 ${workload.sha256}\n`)
      for (const notice of workload.notices) terminal.err(`  ${notice}\n`)
    }
  })
}

function addVerify(workloadCommand: Command, { terminal }: CliContext): void {
  const command = workloadCommand
    .command('verify')
    .summary('count the prompts that two tokenizers see otherwise')
    .description(
      'Encodes every prompt under two tokenizers, BOS included, and counts the prompts whose token ids differ, with ' +
        'samples. A tokenizer is a folder or tokenizer.json (#legacy=true or #legacy=false after it asks for one of ' +
        'Llama’s two ways with spaces), a GGUF file, tiktoken:NAME, or the URL of a server with /tokenize.',
    )
    .argument('<file>', 'study (YAML) or frozen workload (.ndjson)')
    .addOption(
      new Option('--tokenizer <name>', 'twice: the tokenizers to compare')
        .argParser(collect)
        .makeOptionMandatory(),
    )
  addWorkloadFlags(command)
  withExamples(command, [
    {
      run: 'assay workload verify study.yaml --tokenizer model/ --tokenizer http://127.0.0.1:8000',
      what: 'does the server see what was measured out?',
    },
    {
      run: "assay workload verify study.yaml --tokenizer 'llama/#legacy=true' --tokenizer 'llama/#legacy=false'",
      what: 'what the legacy mode changes',
    },
  ])
  command.action(async (file: string, flags: WorkloadFlags & { readonly tokenizer: readonly string[] }) => {
    const [first, second, ...more] = flags.tokenizer
    if (first === undefined || second === undefined || more.length > 0) {
      throw new AssayError('tokenizers', 'Two tokenizers are compared.', {
        hint: 'Give --tokenizer twice: --tokenizer model/ --tokenizer http://127.0.0.1:8000',
      })
    }
    const [{ openWorkloads }, { loadTokenizer }, { compareTokenizers }, { comparisonText }] =
      await Promise.all([
        import('../open-workloads.ts'),
        import('../../tokenizers/index.ts'),
        import('../../workloads/compare-tokenizers.ts'),
        import('../workload-text.ts'),
      ])
    const [one, two] = [await loadTokenizer(first), await loadTokenizer(second)]
    try {
      for await (const workload of openWorkloads(file, flags)) {
        const found = compareTokenizers(workload, one, two)
        terminal.out(`${comparisonText(workload.name, [first, second], found).join('\n')}\n\n`)
      }
    } finally {
      one.close?.()
      two.close?.()
    }
  })
}

function addWorkloadFlags(command: Command): void {
  const options = [
    new Option('--workload <name>', 'one workload of the file (default: all)'),
    new Option('--requests <n>', 'requests to make where the file names no size').argParser(
      wholeNumber(1, 1_000_000_000),
    ),
    new Option('--seed <n>', 'instead of the seed of the file').argParser(
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    ),
    new Option(
      '--threads <n>',
      'threads that make prompts (default: as many as there are cores, up to 4)',
    ).argParser(wholeNumber(1, 64)),
    new Option('--set <path=value>', 'replace a value of the file; repeatable').argParser(collect),
  ]
  for (const option of options) command.addOption(option.helpGroup('Workload:'))
}

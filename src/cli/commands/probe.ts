import { Option } from 'commander'
import { dialects } from '../../dialects/index.ts'
import { exitCodes } from '../../model/errors.ts'
import { httpVersions } from '../../model/target.ts'
import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'
import { collect } from '../flag-values.ts'
import { quickFlags } from './quick.ts'

interface ProbeFlags {
  readonly dialect?: string
  readonly model?: string
  readonly header?: readonly string[]
  readonly apiKeyEnv?: string
  readonly transport?: string
  readonly all?: true
  readonly json?: true
}

/** `assay probe`: what a running server is, says and speaks. */
export const addProbe: AddCommand = (program, context) => {
  const command = program
    .command('probe')
    .summary('find out what a running server is and speaks')
    .description(
      'Reads the pages a server has about itself and sends it one short request per dialect until one is answered. ' +
        'Prints engine and version, models, effective settings, what the dialect can do, what the metrics page counts, ' +
        'and that request instant by instant.',
    )
    .argument('<url>', 'base URL of a running server, such as http://127.0.0.1:8000')
    .addOption(
      new Option('--dialect <name>', 'try this wire protocol and no other').choices(Object.keys(dialects)),
    )
    .addOption(new Option('--model <name>', 'model to ask for (default: the first the server lists)'))
    .addOption(
      new Option(
        '--header <name: value>',
        'further header of every request; repeatable, never written',
      ).argParser(collect),
    )
    .addOption(new Option('--api-key-env <variable>', 'environment variable that holds the bearer key'))
    .addOption(new Option('--transport <name>', 'version of HTTP (default: http1)').choices(httpVersions))
    .addOption(new Option('--all', 'try every dialect, also when one has answered').conflicts('dialect'))
    .addOption(new Option('--json', 'print what was found as JSON'))
  withExamples(command, [
    { run: 'assay probe http://127.0.0.1:8000', what: 'what is it, what does it speak' },
    { run: 'assay probe http://127.0.0.1:8000 --all', what: 'every dialect that it answers' },
    {
      run: 'assay probe https://api.example.com --model m --api-key-env API_KEY --json',
      what: 'a hosted model, as data',
    },
  ])
  command.action(async (url: string, { all, json, ...flags }: ProbeFlags) => {
    const [{ quickStudy }, { probe }, { probeText }, { probeJson }, { makeClock }] = await Promise.all([
      import('../../spec/quick-study.ts'),
      import('../../probe/probe.ts'),
      import('../../probe/probe-text.ts'),
      import('../../probe/probe-json.ts'),
      import('../../model/clock.ts'),
    ])
    const { study, secrets } = quickStudy(quickFlags([url], flags as Parameters<typeof quickFlags>[1]))
    const [target] = study.targets
    if (target === undefined) throw new RangeError('a quick study has one target')
    const { terminal } = context
    const result = await probe({
      target,
      isDialectGiven: flags.dialect !== undefined,
      all: all === true,
      clock: makeClock(),
      secrets,
      step: (message) => terminal.live && terminal.err(`${message}\n`),
    })
    terminal.out(json ? probeJson(result) : probeText(result, terminal.outColours))
    if (!result.dialects.some(({ state }) => state === 'answers')) context.exitWith(exitCodes.target)
  })
}

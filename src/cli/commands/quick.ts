import { type Command, Option } from 'commander'
import { dialects } from '../../dialects/index.ts'
import type { Capture } from '../../model/study.ts'
import { httpVersions, type Target } from '../../model/target.ts'
import type { QuickFlags } from '../../spec/quick-study.ts'
import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'
import { collect, numberOrText, numberValue } from '../flag-values.ts'
import { addRunFlags, type RunFlags } from '../run-flags.ts'

/** Names of `QuickFlags` that are flags of the command line under the same name. */
const sameNames = [
  'dialect',
  'model',
  'concurrency',
  'users',
  'ramp',
  'rate',
  'arrivals',
  'burst',
  'requests',
  'duration',
  'inputTokens',
  'outputTokens',
  'seed',
  'apiKeyEnv',
  'tokenizer',
  'temperature',
  'topP',
  'gpus',
  'transport',
  'connections',
  'capture',
  'maxTokensTotal',
  'abortOnErrors',
] as const satisfies readonly (keyof QuickFlags)[]

type QuickOptions = Pick<QuickFlags, (typeof sameNames)[number]> & { readonly header?: readonly string[] }

/** The flags of a study, as parsed by commander, in the words of spec/. */
export function quickFlags(urls: readonly string[], options: QuickOptions): QuickFlags {
  const { header } = options
  const given = sameNames.filter((name) => options[name] !== undefined)
  return {
    ...(urls.length === 0 ? {} : { urls }),
    ...Object.fromEntries(given.map((name) => [name, options[name]])),
    ...(header === undefined ? {} : { headers: header }),
  }
}

/** The flags of `assay quick` that make a study: target, load, workload, safety. */
export function addStudyFlags(command: Command): Command {
  const option = (flags: string, description: string) => new Option(flags, description)
  const number = (flags: string, description: string) => option(flags, description).argParser(numberValue)
  const time = (flags: string, description: string) => option(flags, description).argParser(numberOrText)
  const groups: Readonly<Record<string, readonly Option[]>> = {
    'Target:': [
      option('--dialect <name>', 'wire protocol (default: openai-chat, or what the URL’s path says)').choices(
        Object.keys(dialects),
      ),
      option('--model <name>', 'model to ask for (default: the first the server lists)'),
      option(
        '--header <name: value>',
        'further header of every request; repeatable, never written',
      ).argParser(collect),
      option('--api-key-env <variable>', 'environment variable that holds the bearer key'),
      option('--tokenizer <path>', 'folder or tokenizer.json, when the server counts no tokens'),
      number('--gpus <n>', 'GPUs the target uses, for figures per GPU'),
      option('--transport <name>', 'version of HTTP (default: http1)').choices(httpVersions),
      option('--connections <how>', 'kept-alive connections or a new one each (default: reuse)').choices([
        'reuse',
        'fresh',
      ] satisfies Target['connections'][]),
    ],
    'Load (one of concurrency, users, rate, burst; default: --concurrency 8):': [
      number('--concurrency <n>', 'requests in flight at any time'),
      number('--users <n>', 'users with one request after the other'),
      time('--ramp <seconds>', 'time over which the users begin'),
      number('--rate <n>', 'requests per second, whatever the replies do'),
      option('--arrivals <how>', 'spacing of a rate (default: poisson)').choices(['poisson', 'constant']),
      number('--burst <n>', 'requests at one instant'),
      number('--requests <n>', 'requests to measure (default: 200)'),
      time('--duration <seconds>', 'time to measure, such as 30 or 2m; the first limit reached ends it'),
    ],
    'Workload:': [
      number('--input-tokens <n>', 'length of each prompt (default: 128)'),
      number('--output-tokens <n>', 'length of each output (default: 64)'),
      number('--temperature <t>', 'sampling temperature (default: 0)'),
      number('--top-p <p>', 'nucleus sampling'),
      number('--seed <n>', 'seed of prompts and arrivals (default: 1)'),
    ],
    'Safety:': [
      number('--max-tokens-total <n>', 'stop after this many output tokens'),
      time('--abort-on-errors <share>', 'stop when this share of requests failed, such as 20%'),
    ],
  }
  for (const [group, options] of Object.entries(groups)) {
    for (const each of options) command.addOption(each.helpGroup(group))
  }
  const capture: Capture[] = ['none', 'text', 'raw']
  const what = 'how much of each reply is kept, up to 64 KiB (default: text)'
  return command.addOption(option('--capture <what>', what).choices(capture).helpGroup('Results:'))
}

/** `assay quick`: one target, one workload, one load. */
export const addQuick: AddCommand = (program, context) => {
  const command = program
    .command('quick')
    .summary('measure an endpoint, or the built-in engine')
    .description(
      'Measures one endpoint with one load and prints a report. Several URLs are endpoints of one target (requests go ' +
        'round robin); without a URL the embedded engine is started and measured.',
    )
    .argument('[urls...]', 'base URL of a running server, such as http://127.0.0.1:8000')
  addRunFlags(addStudyFlags(command))
  withExamples(command, [
    { run: 'assay quick', what: 'no server at hand: measure the embedded engine' },
    { run: 'assay quick http://127.0.0.1:8000', what: '200 requests, 8 at a time' },
    {
      run: 'assay quick http://127.0.0.1:8000 --rate 4 --duration 2m --input-tokens 512',
      what: '4 requests per second for two minutes, whatever the replies do',
    },
    {
      run: 'assay quick https://api.example.com --model m --api-key-env API_KEY --json > report.json',
      what: 'a hosted model, results as data',
    },
  ])
  command.action(async (urls: string[], options: QuickOptions & RunFlags) => {
    const [{ quickStudy }, { measure }, { withinReach }] = await Promise.all([
      import('../../spec/quick-study.ts'),
      import('../measure.ts'),
      import('../../study/check-capabilities.ts'),
    ])
    const { study: asked, secrets } = quickStudy(quickFlags(urls, options))
    const study = await withinReach(asked)
    const name = study.targets[0]?.name ?? study.name
    context.exitWith(await measure({ study, secrets, name, layout: 'run', flags: options }, context))
  })
}

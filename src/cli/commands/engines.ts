import { Argument, type Command, Option } from 'commander'
import { shapeNames } from '../../engines/embedded/shapes/shapes.ts'
import { engines } from '../../engines/index.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { numberValue, wholeNumber } from '../flag-values.ts'

/** Engines that need an install of their own. */
const setups = {
  embedded: () => import('../../engines/embedded/setup.ts').then((m) => m.setupEmbedded),
}

/** `assay engines`: the engines that Assay starts itself. */
export const addEngines: AddCommand = (program, context) => {
  const command = program
    .command('engines')
    .summary('list, run and set up engines that Assay starts itself')
    .description('Engines that Assay starts itself.')
  withExamples(command, [
    { run: 'assay engines list', what: 'what there is' },
    { run: 'assay engines run embedded --port 8000', what: 'serve it until Ctrl-C' },
  ])
  addList(command, context)
  addServe(command, context)
  addSetup(command, context)
}

function addList(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('list')
    .summary('names and summaries of the engines')
    .description('Lists the engines, with what each is.')
  withExamples(command, [{ run: 'assay engines list', what: 'names and summaries' }])
  command.action(async () => {
    const all = await Promise.all(Object.values(engines).map((load) => load()))
    const width = Math.max(...all.map(({ name }) => name.length))
    for (const { name, summary } of all) terminal.out(`${name.padEnd(width)}  ${summary}\n`)
  })
}

function addServe(engineCommand: Command, context: CliContext): void {
  const command = engineCommand
    .command('run')
    .summary('serve an engine on 127.0.0.1 until Ctrl-C')
    .description(
      'Serves an engine on 127.0.0.1 until Ctrl-C and prints its URL. Its log goes to stderr, or where that cannot be ' +
        'opened, to a file that is named.',
    )
    .addArgument(new Argument('<engine>', 'engine to serve').choices(Object.keys(engines)))
    .addOption(new Option('--port <n>', 'port to listen on').argParser(wholeNumber(0, 65_535)).default(8000))
    .addOption(
      new Option('--sequences <n>', 'requests computed at the same time (default: 8)').argParser(numberValue),
    )
    .addOption(
      new Option('--threads <n>', 'threads that compute (default: what suits the model)').argParser(
        numberValue,
      ),
    )
    .addOption(
      new Option('--context-tokens <n>', 'prompt and output of one request together').argParser(numberValue),
    )
    .addOption(new Option('--gguf <file>', 'serve this model file').conflicts('shape'))
    .addOption(
      new Option('--shape <name>', 'random weights of a named shape: real speed, no sense').choices(
        shapeNames,
      ),
    )
  withExamples(command, [
    { run: 'assay engines run embedded', what: 'the small generated model on port 8000' },
    { run: 'assay engines run embedded --gguf model.gguf --sequences 16', what: 'your own model' },
  ])
  command.action(async (name: string, options: Readonly<Record<string, unknown>>) => {
    const { serveEngine } = await import('../serve-engine.ts')
    context.exitWith(await serveEngine(name, options, context.terminal, process))
  })
}

function addSetup(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('setup')
    .summary('install what an engine needs')
    .description('Installs what an engine needs and the package leaves out, from npm, where Assay finds it.')
    .addArgument(new Argument('<engine>', 'engine to set up').choices(Object.keys(setups)))
  withExamples(command, [
    { run: 'assay engines setup embedded', what: 'install node-llama-cpp (about 85 MB)' },
  ])
  command.action(async (name: keyof typeof setups) => {
    const setup = await setups[name]()
    const folder = await setup((message) => terminal.err(`${message}\n`))
    terminal.err(`${name} is ready: ${folder}\n`)
  })
}

import { Argument, type Command, Option } from 'commander'
import { shapeNames } from '../../engines/embedded/shapes/shapes.ts'
import { engines } from '../../engines/index.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { numberValue, wholeNumber } from '../flag-values.ts'

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

function engineArgument(): Argument {
  return new Argument('<engine>', 'engine to use').choices(Object.keys(engines))
}

function addList(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand.command('list').description('List the engines.')
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
    .description('Serve an engine on 127.0.0.1 until Ctrl-C.')
    .addArgument(engineArgument())
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
    .description('Prepare an engine, so that its first run starts at once.')
    .addArgument(engineArgument())
  withExamples(command, [{ run: 'assay engines setup embedded', what: 'make its model file now' }])
  command.action(async () => {
    const { setupEmbedded } = await import('../../engines/embedded/setup.ts')
    await setupEmbedded((message: string) => terminal.err(`${message}\n`))
  })
}

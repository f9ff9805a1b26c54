import { Argument, type Command, Option } from 'commander'
import { shapeNames } from '../../engines/embedded/shapes/shapes.ts'
import { engines } from '../../engines/index.ts'
import { knownModels } from '../../engines/recipe.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { engineOption } from '../engine-option.ts'
import { withExamples } from '../examples.ts'
import { numberValue, wholeNumber } from '../flag-values.ts'

type Options = Readonly<Record<string, unknown>>

/** `assay engines`: the engines that Assay starts itself. */
export const addEngines: AddCommand = (program, context) => {
  const command = program
    .command('engines')
    .summary('list, show, set up, build and run engines that Assay starts itself')
    .description('Engines that Assay starts itself.')
  withExamples(command, [
    { run: 'assay engines list', what: 'what there is' },
    { run: 'assay engines show vllm', what: 'its options, and what biases a comparison' },
    { run: 'assay engines run embedded --port 8000', what: 'serve it until Ctrl-C' },
  ])
  addList(command, context)
  addShow(command, context)
  addCommand(command, context)
  addSetup(command, context)
  addBuild(command, context)
  addServe(command, context)
}

const engineArgument = (what: string) => new Argument('<engine>', what).choices(Object.keys(engines))

const optOption = () =>
  new Option('--opt <name=value>', 'option of the engine, its value as in YAML; repeatable').argParser(
    engineOption,
  )

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

function addShow(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('show')
    .summary('options, dialects and biases of an engine')
    .description(
      'Shows how an engine is installed and started, its options, and which of its defaults bias a comparison.',
    )
    .addArgument(engineArgument('engine to show'))
  withExamples(command, [{ run: 'assay engines show xllamacpp', what: 'all about it' }])
  command.action(async (name: string) => {
    const { engineText } = await import('../../engines/engine-text.ts')
    terminal.out(await engineText(name))
  })
}

function addCommand(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('command')
    .summary('print the command that would start an engine')
    .description(
      'Prints the shell line that would start an engine, one for each replica, and starts nothing.',
    )
    .addArgument(engineArgument('engine'))
    .addOption(optOption())
  withExamples(command, [
    {
      run: 'assay engines command vllm --opt model=./my-model --opt maxBatch=16',
      what: 'what "assay run" would start',
    },
  ])
  command.action(async (name: string, { opt = {} }: { readonly opt?: Options }) => {
    const { engineCommands } = await import('../engine-commands.ts')
    for (const line of await engineCommands(name, opt)) terminal.out(`${line}\n`)
  })
}

function addSetup(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('setup')
    .summary('install what an engine needs')
    .description(
      'Installs what an engine needs where Assay finds it: a package of npm, or pinned Python packages in an environment ' +
        'of their own, below the cache folder (ASSAY_CACHE).',
    )
    .addArgument(engineArgument('engine to set up'))
    .addOption(new Option('--model <name>', 'also get this model').choices(knownModels))
  withExamples(command, [
    { run: 'assay engines setup embedded', what: 'install node-llama-cpp (about 85 MB)' },
    { run: 'assay engines setup xllamacpp', what: 'llama.cpp’s server (100 MB)' },
    { run: 'assay engines setup vllm', what: 'vLLM for the CPU, and the model "tiny" (3 GB)' },
  ])
  command.action(async (name: string, { model }: { readonly model?: (typeof knownModels)[number] }) => {
    const { setup } = await import('../engine-commands.ts')
    const folder = await setup(name, model, (message) => terminal.err(`${message}\n`))
    terminal.err(`${name} is ready: ${folder}\n`)
  })
}

function addBuild(engineCommand: Command, { terminal }: CliContext): void {
  const command = engineCommand
    .command('build')
    .summary('make what a compiled engine is started from')
    .description(
      'Makes the files that a compiled engine is started from, out of a model: step by step, with a log, below the cache ' +
        'folder (ASSAY_CACHE). A build that is there is used again. "assay run" builds too when it must; this command keeps ' +
        'that apart from the measurement. Prints the folder.',
    )
    .addArgument(engineArgument('engine to build'))
    .addOption(optOption())
  withExamples(command, [
    {
      run: 'assay engines build NAME --opt model=./llama-2-7b --opt dtype=float16',
      what: 'convert and compile a checkpoint',
    },
  ])
  command.action(async (name: string, { opt = {} }: { readonly opt?: Options }) => {
    const { buildEngine } = await import('../engine-commands.ts')
    const control = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => control.abort())
    const { folder, seconds, notices } = await buildEngine(name, opt, {
      progress: (message) => terminal.err(`${message}\n`),
      signal: control.signal,
    })
    for (const notice of notices) terminal.err(`notice: ${notice}\n`)
    terminal.err(`${name} is built (${seconds} s).\n`)
    terminal.out(`${folder}\n`)
  })
}

function addServe(engineCommand: Command, context: CliContext): void {
  const command = engineCommand
    .command('run')
    .summary('serve an engine on 127.0.0.1 until Ctrl-C')
    .description(
      'Serves an engine on 127.0.0.1 until Ctrl-C and prints its URL. Its log goes to stderr, or where that cannot be ' +
        'opened, to a file that is named. The flags from --sequences on are those of the embedded engine.',
    )
    .addArgument(engineArgument('engine to serve'))
    .addOption(new Option('--port <n>', 'port to listen on').argParser(wholeNumber(0, 65_535)).default(8000))
    .addOption(optOption())
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
    { run: 'assay engines run vllm --opt model=./my-model --port 8001', what: 'an engine of its own' },
  ])
  command.action(async (name: string, { opt = {}, ...flags }: Options & { readonly opt?: Options }) => {
    const { serveEngine } = await import('../serve-engine.ts')
    // Typing its name is the leave that `assay run` asks for.
    context.exitWith(await serveEngine(name, { ...flags, ...opt }, context.terminal, process))
  })
}

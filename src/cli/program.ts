import tab from '@bomb.sh/tab/commander'
import { Command } from 'commander'
import { packageVersion } from '../study/assay-version.ts'
import { addAudit } from './commands/audit.ts'
import { addCalibrate } from './commands/calibrate.ts'
import { addEngines } from './commands/engines.ts'
import { addFit } from './commands/fit.ts'
import { addProbe } from './commands/probe.ts'
import { addQuery } from './commands/query.ts'
import { addQuick } from './commands/quick.ts'
import { addReference } from './commands/reference.ts'
import { addReport } from './commands/report.ts'
import { addRun } from './commands/run.ts'
import { addSchema } from './commands/schema.ts'
import { addWorkload } from './commands/workload.ts'
import type { AddCommand, CliContext } from './context.ts'
import { withExamples } from './examples.ts'

/** Every command, by help group. */
const commands: Readonly<Record<string, readonly AddCommand[]>> = {
  'Measure:': [addQuick, addRun],
  'Look at results:': [addReport, addQuery],
  'Check the client:': [addCalibrate, addAudit],
  'Check a server:': [addProbe],
  'Plan:': [addFit],
  'Look at what is asked:': [addWorkload],
  'Set up:': [addEngines, addReference, addSchema],
}

/** The whole command line. Errors are thrown as commander's, never printed; help and version go to stdout. */
export function makeProgram(context: CliContext): Command {
  const { terminal } = context
  const program = new Command('assay')
    .description('Measures LLM inference engines and says how far its own numbers can be trusted.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err, outputError: () => {} })
    .configureHelp({ sortSubcommands: false })
  for (const [group, adds] of Object.entries(commands)) {
    program.commandsGroup(group)
    for (const add of adds) add(program, context)
  }
  program.commandsGroup('Set up:')
  tab(program)
  for (const command of program.commands) {
    if (command.name() === 'complete') {
      command.summary('print the completion script of a shell')
      command.description('Prints the completion script of a shell; source it from the shell’s start file.')
    }
  }
  withExamples(program, [
    { run: 'assay quick', what: 'measure the embedded engine' },
    { run: 'assay quick http://127.0.0.1:8000', what: 'measure a running server' },
    { run: 'assay run study.yaml', what: 'run a study' },
    { run: 'source <(assay complete bash)', what: 'completion in this shell; also zsh, fish, powershell' },
  ])
  return program
}

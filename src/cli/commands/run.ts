import { Option } from 'commander'
import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'
import { collect } from '../flag-values.ts'
import { addRunFlags, type RunFlags } from '../run-flags.ts'

/** `assay run`: every cell of a study file. */
export const addRun: AddCommand = (program, context) => {
  const command = program
    .command('run')
    .summary('run a study: targets × workloads × loads × repeats')
    .description('Runs every cell of a study file and prints a report. docs/spec.md describes the file.')
    .argument('<study>', 'study file (YAML)')
    .addOption(
      new Option('--set <path=value>', 'replace a value of the file; repeatable')
        .argParser(collect)
        .helpGroup('Study:'),
    )
  addRunFlags(command)
  withExamples(command, [
    { run: 'assay run study.yaml', what: 'the whole study' },
    {
      run: 'assay run study.yaml --set repeats=1 --set loads[0].requests=20 --out trial',
      what: 'a short trial of it, into the folder trial',
    },
  ])
  command.action(async (file: string, options: RunFlags & { readonly set?: readonly string[] }) => {
    const [{ loadStudy }, { measure }] = await Promise.all([
      import('../../spec/load-study.ts'),
      import('../measure.ts'),
    ])
    const { set = [] } = options
    const { study, secrets } = await loadStudy(file, { set, env: process.env })
    context.exitWith(
      await measure({ study, secrets, name: study.name, layout: 'study', flags: options }, context),
    )
  })
}

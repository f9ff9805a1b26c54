import { type Command, Option } from 'commander'
import { wholeNumber } from './flag-values.ts'

/** Flags of every command that measures: where results go and how they are shown. */
export interface RunFlags {
  readonly out?: string
  readonly json?: true
  readonly quiet?: true
  readonly workers?: number
}

/** Adds them under the help group of results. */
export function addRunFlags(command: Command): Command {
  const options = [
    new Option('--out <folder>', 'where to write; must not exist (default: assay-results/TIME-NAME)'),
    new Option('--json', 'print report.json on stdout instead of tables'),
    new Option('--quiet', 'show no progress'),
    new Option('--workers <n>', 'load threads (default: as many as load and cores ask for)').argParser(
      wholeNumber(1, 1024),
    ),
  ]
  for (const option of options) command.addOption(option.helpGroup('Results:'))
  return command
}

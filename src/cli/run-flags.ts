import { type Command, Option } from 'commander'
import { type CalibrationMode, calibrationModes } from '../model/calibration.ts'
import { wholeNumber } from './flag-values.ts'

/** Flags of every command that measures: where results go and how they are shown. */
export interface RunFlags {
  readonly out?: string
  readonly json?: true
  readonly quiet?: true
  readonly workers?: number
  readonly calibrate?: CalibrationMode
  readonly allowLaunch?: true
}

/** Adds them under the help group of results. */
export function addRunFlags(command: Command): Command {
  const options = [
    new Option('--out <folder>', 'where to write; must not exist (default: assay-results/TIME-NAME)'),
    new Option('--json', 'print report.json on stdout instead of tables'),
    new Option('--quiet', 'show no progress'),
    new Option(
      '--calibrate <how>',
      "after each run, measure the client's own error under its load: auto takes up to 5 s, full as long as the run, skip none",
    )
      .choices(calibrationModes)
      .default('auto'),
    new Option('--workers <n>', 'load threads (default: as many as load and cores ask for)').argParser(
      wholeNumber(1, 1024),
    ),
  ]
  command.addOption(
    new Option(
      '--allow-launch',
      'start the engines that the study names, without asking (Assay’s own need no leave)',
    ).helpGroup('Safety:'),
  )
  for (const option of options) command.addOption(option.helpGroup('Results:'))
  return command
}

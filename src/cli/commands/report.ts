import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'

/** `assay report`: everything that follows from a run's records, again. */
export const addReport: AddCommand = (program, { terminal }) => {
  const command = program
    .command('report')
    .summary('redo and print the report of a run or study')
    .description(
      'Redoes every report file of a folder from its records, also after a crash, and prints the tables.',
    )
    .argument('<run>', 'run folder or study folder')
    .option(
      '--exclude-unhealthy',
      'leave requests that a disturbed client touched out of latencies, and count them',
    )
    .option('--json', 'print report.json on stdout instead of tables')
  withExamples(command, [
    { run: 'assay report assay-results/2026-11-23T10-15-02-embedded', what: 'the tables again' },
    { run: 'assay report results --json', what: 'the report as data' },
  ])
  command.action(
    async (folder: string, options: { readonly json?: true; readonly excludeUnhealthy?: true }) => {
      const [{ rebuildReport }, { showReport }] = await Promise.all([
        import('../../study/rebuild-report.ts'),
        import('../show-report.ts'),
      ])
      const report = await rebuildReport(folder, {
        exclude: options.excludeUnhealthy === true ? 'unhealthy' : 'nothing',
        onStep: (message) => terminal.err(`${message}\n`),
      })
      showReport(report, options.json === true, terminal)
    },
  )
}

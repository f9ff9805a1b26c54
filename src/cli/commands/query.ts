import { Option } from 'commander'
import { AssayError } from '../../model/errors.ts'
import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'

interface QueryFlags {
  readonly json?: true
  readonly csv?: true
}

/** `assay query`: SQL over any number of runs. */
export const addQuery: AddCommand = (program, { terminal }) => {
  const command = program
    .command('query')
    .summary('ask the records of runs with SQL')
    .description(
      'Runs SQL (DuckDB) over the records of one or more runs, through the views runs, requests, events, event_lists, ' +
        'samples, health and workload. DESCRIBE requests lists the columns of one.',
    )
    .usage('[options] <run...> <sql>')
    .argument('<run...>', 'run or study folders, and the query as last word')
    .addOption(new Option('--json', 'print an array of objects').conflicts('csv'))
    .addOption(new Option('--csv', 'print CSV'))
  withExamples(command, [
    {
      run: 'assay query results "select outcome, count(*) from requests group by outcome"',
      what: 'outcomes',
    },
    { run: 'assay query before after "select * from runs" --csv', what: 'two studies side by side, as CSV' },
  ])
  command.action(async (words: string[], { json, csv }: QueryFlags) => {
    const sql = words.at(-1) ?? ''
    const paths = words.slice(0, -1)
    if (paths.length === 0) {
      throw new AssayError('no-runs', 'A query needs at least one run folder before the SQL.', {
        hint: 'For example: assay query results "select count(*) from requests"',
      })
    }
    const [{ query }, { resolveRunFolders }, shown] = await Promise.all([
      import('../../store/query.ts'),
      import('../../store/layout.ts'),
      import('../query-output.ts'),
    ])
    const result = await query(paths.flatMap(resolveRunFolders), sql)
    const draw = json ? shown.queryJson : csv ? shown.queryCsv : shown.queryTable
    terminal.out(draw(result))
  })
}

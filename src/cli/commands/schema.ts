import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'

/** `assay schema`: what editors need to check a study while it is written. */
export const addSchema: AddCommand = (program, { terminal }) => {
  const command = program
    .command('schema')
    .summary('print the JSON Schema of a study file')
    .description('Prints the JSON Schema (draft 2020-12) of a study file, for editors and other programs.')
  withExamples(command, [{ run: 'assay schema > study.schema.json', what: 'keep it for an editor' }])
  command.action(async () => {
    const { jsonSchema } = await import('../../spec/schema.ts')
    terminal.out(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`)
  })
}

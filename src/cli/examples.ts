import type { Command } from 'commander'

/** One example of a help page: the command line and what it is for. */
export interface Example {
  readonly run: string
  readonly what: string
}

const examplesOf = new WeakMap<Command, readonly Example[]>()

/** Puts examples at the end of a command's help and into docs/cli.md. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  examplesOf.set(command, examples)
  const lines = examples.map(({ run, what }) => `  # ${what}\n  $ ${run}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** The examples of a command, none when it has none. */
export function examplesFor(command: Command): readonly Example[] {
  return examplesOf.get(command) ?? []
}

import type { Command, Option } from 'commander'
import { examplesFor } from './examples.ts'
import { makeProgram } from './program.ts'

const silent = {
  outColours: false,
  errColours: false,
  live: false,
  out() {},
  err() {},
  size: () => ({ columns: 80, rows: 24 }),
  onResize: () => () => {},
}

/** docs/cli.md: every command with its arguments, flags and examples, from the definitions themselves. */
export function cliMarkdown(): string {
  const program = makeProgram({ terminal: silent, argv: [], exitWith() {} })
  const sections = [
    '<!-- Made by `npm run docs` from src/cli/. Edit the commands there. -->',
    '# The command `assay`',
    program.description(),
    'Results go to stdout, everything else to stderr. [Exit codes](exit-codes.md) tell scripts how it ended.',
    contents(program),
    ...examples(program),
    ...leaves(program).flatMap(section),
    '## Environment',
    environment,
  ]
  return `${sections.join('\n\n')}\n`
}

const environment = `| variable | effect |
|---|---|
| \`NO_COLOR\` | no colours |
| \`FORCE_COLOR\` | colours, also into files and pipes |
| \`CI\` | progress as plain lines, as where stderr is no terminal |
| \`ASSAY_DEBUG=1\` | errors come with their stack |
| \`ASSAY_CACHE\` | folder of generated models, installed engines and builds |
| \`DOCKER_HOST\` | socket of the Docker engine, \`unix:///path\` (default \`unix:///var/run/docker.sock\`) |`

/** Commands that do something, in the order of the help. */
function leaves(command: Command): Command[] {
  return command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leaves(child)))
}

function pathOf(command: Command): string {
  const { parent } = command
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`
}

function contents(program: Command): string {
  const rows = leaves(program).map((command) => {
    const path = pathOf(command)
    return `| [\`${path}\`](#${path.replaceAll(' ', '-')}) | ${cell(command.summary() || command.description())} |`
  })
  return ['| command | |', '|---|---|', ...rows].join('\n')
}

function section(command: Command): string[] {
  const words = command.registeredArguments.map((argument) => {
    const choices = argument.argChoices === undefined ? '' : ` (${argument.argChoices.join(', ')})`
    return `- \`${argument.name()}\`: ${argument.description}${choices}`
  })
  return [
    `## ${pathOf(command)}`,
    `\`${pathOf(command)} ${command.usage()}\``,
    command.description(),
    ...(words.length === 0 ? [] : [words.join('\n')]),
    ...flagTables(command),
    ...examples(command),
  ]
}

function flagTables(command: Command): string[] {
  const groups = new Map<string, Option[]>()
  for (const option of command.options) {
    const group = option.helpGroupHeading ?? 'Options:'
    groups.set(group, [...(groups.get(group) ?? []), option])
  }
  return [...groups].map(([group, options]) => {
    const rows = options.map((option) => `| \`${option.flags}\` | ${cell(whatOf(option))} |`)
    return [`| ${cell(group.replace(/:$/, ''))} | |`, '|---|---|', ...rows].join('\n')
  })
}

function whatOf({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const choices =
    argChoices === undefined ? '' : `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`
  return `${description}${choices}${defaultValue === undefined ? '' : ` (default: ${defaultValueDescription ?? String(defaultValue)})`}`
}

function examples(command: Command): string[] {
  const all = examplesFor(command)
  if (all.length === 0) return []
  return [`\`\`\`sh\n${all.map(({ run, what }) => `# ${what}\n${run}`).join('\n')}\n\`\`\``]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

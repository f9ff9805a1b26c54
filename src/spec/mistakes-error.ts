import { AssayError, redact } from '../model/errors.ts'

const columns = 80
const indent = '    '
/** What the command writes before a message. */
const prefix = 'error: '

/** A mistake and where it stands: `study.yaml:3:5`, `--set seed=x`, `--rate`; undefined when the message says it. */
export interface Placed {
  readonly where: string | undefined
  readonly message: string
  readonly hint: string | undefined
}

/** One error that tells all mistakes, a block each, in lines of 80 columns. `what`: "study.yaml", "the command line". */
export function mistakesError(
  mistakes: readonly Placed[],
  what: string,
  options: { readonly hint: string; readonly secrets: readonly string[] },
): AssayError {
  const title = mistakes.length === 1 ? '' : `${mistakes.length} mistakes in ${what}:\n`
  const blocks = mistakes.map((mistake, i) => block(mistake, i === 0 && title === '' ? prefix.length : 0))
  const message = redact(`${title}${blocks.join('\n')}`, options.secrets)
  return new AssayError('bad-study', message, { hint: options.hint })
}

function block({ where, message, hint }: Placed, used: number): string {
  const first = wrapped(where === undefined ? message : `${where}: ${message}`, used)
  return hint === undefined ? first : `${first}\n${indent}${wrapped(hint, indent.length)}`
}

/** Breaks a text between words; its first line starts after `used` columns, the others are indented. */
function wrapped(text: string, used: number): string {
  const lines: string[] = []
  let line = ''
  let room = columns - used
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && longer.length > room) {
      lines.push(line)
      line = word
      room = columns - indent.length
    } else line = longer
  }
  return [...lines, line].join(`\n${indent}`)
}

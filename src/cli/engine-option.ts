import { InvalidArgumentError } from 'commander'
import { parseFlow } from '../spec/index.ts'

/** Gathers `--opt name=value`: a value is what it would be in a study, `4` a number and `[a, b]` a list. */
export function engineOption(
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new InvalidArgumentError('Use name=value, such as maxBatch=16.')
  const name = text.slice(0, equals)
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`"${name}" is given twice.`)
  try {
    return { ...before, [name]: parseFlow(text.slice(equals + 1)) }
  } catch {
    throw new InvalidArgumentError('The value is no YAML: put texts with special characters in quotes.')
  }
}

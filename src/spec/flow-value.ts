import { parse } from 'yaml'

/** The value that a text stands for in a study: `4` a number, `[a, b]` a list. Throws an Error when it is no YAML. */
export function parseFlow(text: string): unknown {
  return parse(text, { prettyErrors: false, stringKeys: true }) as unknown
}

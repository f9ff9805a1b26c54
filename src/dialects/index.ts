import type { Dialect } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'

/** Every wire protocol Assay speaks; a name here is the name in YAML, on the command line and in reports. */
export const dialects = {
  'openai-chat': () => import('./openai-chat.ts').then((m) => m.openaiChat),
  'openai-completions': () => import('./openai-completions.ts').then((m) => m.openaiCompletions),
} satisfies Record<string, () => Promise<Dialect>>

export type DialectName = keyof typeof dialects

/** Looks a dialect up. Throws `unknown-dialect` with the known names. */
export function loadDialect(name: string): Promise<Dialect> {
  if (!Object.hasOwn(dialects, name)) {
    throw new AssayError('unknown-dialect', `There is no dialect "${name}".`, {
      hint: `Known dialects: ${Object.keys(dialects).join(', ')}.`,
    })
  }
  return dialects[name as DialectName]()
}

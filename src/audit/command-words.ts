import { AssayError } from '../model/errors.ts'

/** What a command's placeholders stand for. */
export interface Places {
  /** Base URL of the reference server: `http://127.0.0.1:40123`. */
  readonly url: string
  readonly host: string
  readonly port: string
  /** The model it serves. */
  readonly model: string
  /** Folder for the tool's result files; it exists. */
  readonly out: string
}

const names = ['url', 'host', 'port', 'model', 'out'] as const satisfies readonly (keyof Places)[]
const placeholder = new RegExp(`\\{(${names.join('|')})\\}`, 'g')

/** The command with every placeholder replaced; other braces stay as they are (JSON is a legal argument). */
export function fillIn(words: readonly string[], places: Places): string[] {
  return words.map((word) => word.replaceAll(placeholder, (_, name: keyof Places) => places[name]))
}

/** Throws `audit-no-url` when a command would never learn where the server is. */
export function checkWords(words: readonly string[]): void {
  if (words.some((word) => word.includes('{url}') || word.includes('{port}'))) return
  throw new AssayError('audit-no-url', 'The command says nowhere which server to ask.', {
    hint: 'Write {url} where it takes the base URL (or {host} and {port}), {model} for the model, {out} for its result folder.',
  })
}

/** The command as a POSIX shell would take it. */
export function commandLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

import { redact } from '../../model/errors.ts'
import type { Command } from '../recipe.ts'

const secretName = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i

/** A command as one types it in a POSIX shell, without what is secret. */
export function shellLine({ words, env }: Command, secrets: readonly string[] = []): string {
  const settings = Object.entries(env).map(
    ([name, value]) => `${name}=${secretName.test(name) ? '[redacted]' : quoted(redact(value, secrets))}`,
  )
  return [...settings, ...words.map((word) => quoted(redact(word, secrets)))].join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

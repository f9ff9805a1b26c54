import { redact } from '../../model/errors.ts'
import type { Command } from '../recipe.ts'

const secretName = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i

/** A command as one types it in a POSIX shell, without what is secret. */
export function shellLine({ words, env }: Command, secrets: readonly string[] = []): string {
  const settings = Object.entries(env).map(([name, value]) => shellSetting(name, value, secrets))
  return [...settings, ...words.map((word) => shellWord(word, secrets))].join(' ')
}

/** NAME=value; without the value where the name says that it is secret. */
export function shellSetting(name: string, value: string, secrets: readonly string[]): string {
  return `${name}=${secretName.test(name) ? '[redacted]' : shellWord(value, secrets)}`
}

/** One word, in quotes where it needs them, without what is secret. */
export function shellWord(word: string, secrets: readonly string[]): string {
  const clean = redact(word, secrets)
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`
}

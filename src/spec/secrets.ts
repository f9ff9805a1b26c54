import type { Environment } from './environment.ts'
import { type Mistake, valueAt } from './mistakes.ts'

/** Headers whose values are keys by their name, even when the file spells them out. */
const keyHeader = /auth|key|token|secret|cookie|password/i

/** What must not be written of headers: their values, and the key in "Bearer KEY". `all`: whatever their names. */
export function headerSecrets(headers: Readonly<Record<string, unknown>>, all: boolean): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (typeof value !== 'string' || (!all && !keyHeader.test(name))) return []
    const [, key] = /^\s*(?:bearer|basic|token)\s+(\S.*)$/i.exec(value) ?? []
    return key === undefined ? [value] : [value, key]
  })
}

/** The keys that targets read from the environment; one that is named and not set is a mistake. */
export function apiKeys(
  study: unknown,
  env: Environment,
): { readonly mistakes: readonly Mistake[]; readonly secrets: readonly string[] } {
  const targets = valueAt(study, ['targets'])
  const mistakes: Mistake[] = []
  const secrets: string[] = []
  for (const [i, target] of (Array.isArray(targets) ? (targets as unknown[]) : []).entries()) {
    const name = valueAt(target, ['apiKeyEnv'])
    if (typeof name !== 'string' || name === '') continue
    const key = env[name]
    const path = ['targets', i, 'apiKeyEnv']
    // A name is no key: somebody who pastes the key itself must not find it in a log.
    const called = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= 60 ? name : undefined
    if (key !== undefined && key !== '') {
      secrets.push(key)
      const broken = /[^\t\x20-\x7e]/.test(key)
      const message = `the key in ${name} has a line break or another character that no header can hold.`
      if (broken) mistakes.push({ path, message, hint: 'A key read from a file often ends in a line break.' })
    } else if (called === undefined) {
      const message = 'this is not the name of an environment variable.'
      mistakes.push({
        path,
        message,
        hint: 'Put the key into a variable, and give the variable’s name here.',
      })
    } else {
      const message = `the environment variable ${called} is ${key === '' ? 'empty' : 'not set'}.`
      mistakes.push({ path, message, hint: `Set it: export ${called}=…` })
    }
  }
  return { mistakes, secrets }
}

/** Each secret once, the longest first: a secret that is part of another must not leave the rest of it behind. */
export function ordered(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter((one) => one !== '').sort((a, b) => b.length - a.length)
}

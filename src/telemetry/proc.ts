import { readFileSync } from 'node:fs'

/** A whole small file, such as procfs has; `undefined` where it does not exist or may not be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** What the first group of a pattern matches in a file. */
export function readField(path: string, pattern: RegExp): string | undefined {
  return pattern.exec(readText(path) ?? '')?.[1]
}

/** A number that stands alone in a text. */
export function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

/** An object with one key, or without it when the value is absent. */
export function present<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T })
}

import { InvalidArgumentError } from 'commander'

/** A finite number; its range is for the study's rules to judge. */
export function numberValue(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError('Use a number, such as 8.')
  return value
}

/** A number where the text is one, else the text: `30`, `30s`, `2m`, `20%`. */
export function numberOrText(text: string): number | string {
  const value = Number(text)
  return text.trim() === '' || !Number.isFinite(value) ? text : value
}

/** A parser of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`)
  }
}

/** Appends to what the flag gave before. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

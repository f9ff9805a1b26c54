import { titleWords } from './english.ts'

/**
 * The words that open prompt `id`, such as "Lantern Bridge:": its number, written with title words as digits, the
 * last digit first. So the neighbours of a prompt differ from it in the first word, any two prompts share fewer
 * words than their openings have, and, as the colon ends each opening, none is the beginning of another.
 * @param shift turns the digits, so that other workloads begin otherwise
 */
export function openingOf(id: number, shift: number): string[] {
  const base = titleWords.length
  const words: string[] = []
  // Without a digit for zero, so that numbers of different length differ too.
  for (let rest = id; rest >= 0; rest = Math.floor(rest / base) - 1) {
    words.push(titleWords[(rest + shift) % base] ?? '')
  }
  words[words.length - 1] += ':'
  return words
}

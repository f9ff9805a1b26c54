const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
// Blocks that terminals draw two columns wide: Hangul, CJK, kana, full-width forms, and emoji pictures.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
// Controls, direction overrides and lone surrogates: text from servers must not steer a terminal.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g

/** Text on one line without control characters, safe to print. */
export function printable(text: string): string {
  return text.replace(escapes, ' ').replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim()
}

/** Columns a text without control characters takes in a terminal. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const { segment } of segmenter.segment(text)) columns += wide.test(segment) ? 2 : 1
  return columns
}

/** The text, cut with "…" where it would be wider than `columns`. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    used += wide.test(segment) ? 2 : 1
    if (used > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Padded with spaces to `columns`, at the right unless `side` says `start`; cut when wider. */
export function padTo(text: string, columns: number, side: 'start' | 'end' = 'end'): string {
  const cut = cutTo(text, columns)
  const space = ' '.repeat(Math.max(0, columns - columnsOf(cut)))
  return side === 'end' ? cut + space : space + cut
}

/** The text in lines of at most `columns`, broken between words; a longer word is broken inside. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) <= columns) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    line = ''
    for (const { segment } of segmenter.segment(word)) {
      if (columnsOf(line + segment) > columns) {
        lines.push(line)
        line = ''
      }
      line += segment
    }
  }
  return line === '' ? lines : [...lines, line]
}

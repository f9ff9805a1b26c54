/** Text as literal markdown on one line: nothing in it is markup, HTML or the end of a table cell. */
export function literal(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#|~$]/g, (character) => `\\${character}`)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/(https?|ftp):/gi, '$1\u200b:')
    .trim()
}

/** Text that others wrote, as a code span on one line: nobody is mentioned, nothing is linked. */
export function code(text: string): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('`', 'ˋ')
    .replaceAll('|', '\\|')
    .trim()
  return line === '' ? '' : `\`${line}\``
}

/** A table; the first column is left-aligned, the others right. Cells are markdown already. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

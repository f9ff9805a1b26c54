/**
 * The printable character that stands for each byte in byte-level BPE: printable Latin-1 stands for itself, the
 * other bytes take the characters from U+0100 on (a space becomes `Ġ`, a line feed `Ċ`).
 */
export const byteSpelling: readonly string[] = (() => {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
    return String.fromCodePoint(printable ? byte : next++)
  })
})()

/** Spells a text's UTF-8 bytes as a byte-level BPE vocabulary does. */
export function spell(text: string): string {
  let piece = ''
  for (const byte of new TextEncoder().encode(text)) piece += byteSpelling[byte] ?? ''
  return piece
}

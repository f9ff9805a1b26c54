// A reply may begin with U+FEFF, and it is then part of the text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Captured UTF-8 as a string. Bytes that are no UTF-8 become U+FFFD; a character that the cut halved is left out.
 * @param cut true when the text was longer than what was kept
 */
export function textOf(bytes: Uint8Array, cut: boolean): string {
  return decoder.decode(cut ? bytes.subarray(0, wholeCharacters(bytes)) : bytes)
}

/** Length of the bytes without an incomplete UTF-8 character at their end. */
function wholeCharacters(bytes: Uint8Array): number {
  // The lead byte of the last character is at most three bytes before the end.
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const at = bytes.length - back
    const byte = bytes[at] ?? 0
    if ((byte & 0b1100_0000) === 0b1000_0000) continue
    const needs = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
    return needs > back ? at : bytes.length
  }
  return bytes.length
}

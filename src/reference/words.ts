/**
 * The texts of the tokens: token k of every reply is word k modulo their number, so that a reply's text is known
 * beforehand. One word each, with its space; some need two to four bytes a character, one needs escapes in JSON.
 */
export const words: readonly string[] = (
  'the river was low that summer and boats lay on sand café naïve straße señor smörgåsbord Ελλάδα ' +
  'Москва שלום सूर्य 東京 日本語 한국어 🚀 👩‍🔬 “quoted” "escaped" half of them said nothing while others ' +
  'counted every wave until evening came over hills with a slow wind from far away fields'
)
  .split(' ')
  .map((word) => ` ${word}`)

/** The text of tokens [first, first + count). */
export function tokenText(first: number, count: number): string {
  let text = ''
  for (let k = first; k < first + count; k++) text += words[k % words.length] ?? ''
  return text
}

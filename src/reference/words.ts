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

/** Ids below belong to no word: such as BOS and EOS. */
const firstId = 1000

/** The words as they stand inside a JSON string. */
export const escapedWords: readonly string[] = words.map((word) => JSON.stringify(word).slice(1, -1))

/** The text of tokens [first, first + count). */
export function tokenText(first: number, count: number): string {
  return joined(words, first, count)
}

/** The same inside a JSON string. */
export function escapedText(first: number, count: number): string {
  return joined(escapedWords, first, count)
}

/** The ids of tokens [first, first + count), separated by commas. */
export function tokenIds(first: number, count: number): string {
  let ids = ''
  for (let k = first; k < first + count; k++) ids += `${k === first ? '' : ','}${tokenId(k)}`
  return ids
}

/** The id of token k. */
export function tokenId(k: number): number {
  return firstId + (k % words.length)
}

function joined(of: readonly string[], first: number, count: number): string {
  let text = ''
  for (let k = first; k < first + count; k++) text += of[k % of.length] ?? ''
  return text
}

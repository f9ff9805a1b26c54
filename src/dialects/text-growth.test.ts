import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextGrowth } from './text-growth.ts'

/** What is new in each of some texts; the prompt first, if servers repeat it. */
function news(texts: readonly string[], prompt?: string): (string | undefined)[] {
  const growth = new TextGrowth()
  growth.reset(prompt)
  return texts.map((text) => growth.next(text))
}

test('the parts of any growing text are its pieces, whatever the prompt before it', () => {
  // A replacement character that ends a text is not told until something follows it.
  const piece = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufffd'))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(piece), (prompt, pieces) => {
      const texts = pieces.map((_, i) => prompt + pieces.slice(0, i + 1).join(''))
      const expected = prompt.endsWith('\ufffd') ? pieces.join('') : pieces
      const found = news(texts, prompt)
      expect(prompt.endsWith('\ufffd') ? found.join('') : found).toEqual(expected)
    }),
  )
})

test('half a character waits until it is whole, also behind another one', () => {
  expect(news(['a\ufffd', 'a\ufffd\ufffd', 'aé', 'aé\ufffd', 'aé🙂!'])).toEqual(['a', '', 'é', '', '🙂!'])
})

test('a replacement character with text behind it was generated', () => {
  expect(news(['a\ufffd', 'a\ufffd b'])).toEqual(['a', '\ufffd b'])
})

test('a stop string that is cut off again is nothing new', () => {
  expect(news(['a', 'a\nUser', 'a\n'])).toEqual(['a', '\nUser', ''])
})

test.each([
  ['another text', ['a b', 'a c']],
  ['the new part alone', ['The', ' the']],
  ['a shorter text that is another one', ['a b c', 'a x']],
])('%s does not continue the former one', (_, texts) => {
  expect(news(texts)).toEqual([texts[0], undefined])
})

test('a text that does not begin with the prompt is refused', () => {
  expect(news(['answer'], 'Prompt')).toEqual([undefined])
})

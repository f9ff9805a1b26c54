import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JsonPath, nest, parsePath, valueAt } from './json-path.ts'

function path(text: string): JsonPath {
  const parsed = parsePath(text)
  if (typeof parsed === 'string') throw new Error(`${text} ${parsed}`)
  return parsed
}

test.each([
  ['text', { text: 'a' }, 'a'],
  ['$.text', { text: 'a' }, 'a'],
  ['a.b[0].c', { a: { b: [{ c: 1 }] } }, 1],
  ['[1]', [1, 2], 2],
  ['$[1].a', [1, { a: 2 }], 2],
  ['["odd key"].x', { 'odd key': { x: 3 } }, 3],
  ['a["b.c"]', { a: { 'b.c': 4 } }, 4],
  ['choices[*].text', { choices: [{ text: 'a' }, { text: 'b' }] }, ['a', 'b']],
  ['a[*][*]', { a: [[1, 2], [3]] }, [[1, 2], [3]]],
  ['a[*].b', { a: [{ b: 1 }, {}] }, [1, undefined]],
])('%s finds its value', (text, value, found) => {
  expect(valueAt(value, path(text))).toEqual(found)
})

test.each([
  ['a', null],
  ['a', [1]],
  ['a.b', { a: 'b' }],
  ['a[0]', { a: { 0: 1 } }],
  ['a[*].b', { a: [1, 2] }],
  ['a', { a: null }],
  ['__proto__', {}],
  ['length', []],
  ['constructor.name', {}],
])('%s finds nothing in what has no such value', (text, value) => {
  expect(valueAt(value, path(text))).toBeUndefined()
})

test.each([
  '',
  '$',
  'a..b',
  'a.',
  '.a',
  'a[',
  'a[x]',
  'a[-1]',
  'a[0]b',
  'a b',
  'a[1000]',
  'a["b]',
  '["\\q"]',
])('%j is no path', (text) => {
  expect(parsePath(text)).toBeTypeOf('string')
})

const key = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,5}$/)
const step = fc.oneof(
  key.map((name) => `.${name}`),
  fc.nat(5).map((at) => `[${at}]`),
  fc.string({ maxLength: 6 }).map((name) => `[${JSON.stringify(name)}]`),
)

test('what is put at a path is found there', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), (steps, value) => {
      const at = path(`$${steps.join('')}`)
      expect(valueAt(nest(undefined, at, value), at)).toBe(value)
    }),
  )
})

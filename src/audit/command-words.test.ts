import { describe, expect, test } from 'vitest'
import { AssayError } from '../model/errors.ts'
import { checkWords, commandLine, fillIn } from './command-words.ts'

const places = { url: 'http://127.0.0.1:81', host: '127.0.0.1', port: '81', model: 'm', out: '/o' }

test('placeholders are filled in wherever they stand, other braces stay', () => {
  const words = [
    'x',
    '--target={url}/v1,model={model}',
    '{host}:{port}',
    '{out}/{out}',
    '{"a":{"url":1}}',
    '{urls}',
  ]
  expect(fillIn(words, places)).toEqual([
    ...['x', '--target=http://127.0.0.1:81/v1,model=m', '127.0.0.1:81', '/o//o', '{"a":{"url":1}}', '{urls}'],
  ])
})

describe('a command must say where it asks', () => {
  test.each([[['x', '{url}']], [['x', '--port={port}']]])('%j does', (words) => {
    expect(() => checkWords(words)).not.toThrow()
  })

  test.each([[['x']], [['x', '{host}', '{out}', '{model}']]])('%j does not', (words) => {
    expect(() => checkWords(words)).toThrow(AssayError)
  })
})

test('a command line can be pasted into a shell', () => {
  expect(commandLine(['a', '--b=c/d', "it's", '', 'x y'])).toBe(`a --b=c/d 'it'\\''s' '' 'x y'`)
})

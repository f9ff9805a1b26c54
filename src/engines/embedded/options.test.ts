import { expect, test } from 'vitest'
import { AssayError } from '../../model/errors.ts'
import { parseOptions } from './options.ts'

test('without options it is the generated model with 8 sequences on any free port', () => {
  expect(parseOptions({})).toEqual({ model: { kind: 'bigram' }, sequences: 8, prefixCache: false, port: 0 })
})

test('every option is understood', () => {
  const options = {
    sequences: 256,
    threads: 2,
    contextTokens: 512,
    shape: 'llama-1b',
    prefixCache: true,
    port: 8080,
  }
  expect(parseOptions(options)).toEqual({
    model: { kind: 'shape', name: 'llama-1b' },
    sequences: 256,
    threads: 2,
    contextTokens: 512,
    prefixCache: true,
    port: 8080,
  })
  expect(parseOptions({ gguf: 'm.gguf' }).model).toEqual({ kind: 'file', path: 'm.gguf' })
})

test.each([
  [{ sequence: 4 }, 'no option "sequence"', 'Did you mean "sequences"?'],
  [
    { colour: 1 },
    'no option "colour"',
    'Options: sequences, threads, contextTokens, gguf, shape, prefixCache, port.',
  ],
  [{ sequences: 257 }, '"sequences" of the embedded engine cannot be 257', 'a whole number from 1 to 256'],
  [{ threads: 1.5 }, '"threads" of the embedded engine cannot be 1.5', 'a whole number from 1'],
  [{ port: '80' }, '"port" of the embedded engine cannot be "80"', 'from 0 to 65535'],
  [{ prefixCache: 'yes' }, '"prefixCache" of the embedded engine cannot be "yes"', 'true or false'],
  [{ shape: 'lama-1b' }, 'no shape "lama-1b"', 'Did you mean "llama-1b"?'],
  [{ gguf: 5 }, '"gguf" must be the path', 'gguf: model.gguf'],
  [{ gguf: 'a', shape: 'llama-1b' }, 'both "gguf" and "shape"', 'one of the two'],
])('%o is refused with advice', (options, message, hint) => {
  try {
    parseOptions(options)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(AssayError)
    expect((error as AssayError).message).toContain(message)
    expect((error as AssayError).hint).toContain(hint)
    expect((error as AssayError).exitCode).toBe(2)
  }
})

import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { AssayError, exitCodes } from '../model/errors.ts'
import { errorText } from './print-error.ts'

const plain = { colours: false, debug: false }

test('our errors print message and hint and end with their own code', () => {
  const error = new AssayError('target-unreachable', 'http://a does not answer.', {
    hint: 'Is it running?',
    exitCode: exitCodes.target,
  })
  expect(errorText(error, plain)).toEqual({
    text: 'error: http://a does not answer.\nhint: Is it running?\n',
    exitCode: 3,
  })
})

test('no hint, no hint line', () => {
  expect(errorText(new AssayError('x', 'Bad.'), plain)).toEqual({ text: 'error: Bad.\n', exitCode: 2 })
})

test('anything else is a defect: short, with the way to its stack', () => {
  expect(errorText(new TypeError('x is not a function'), plain)).toEqual({
    text: 'error: x is not a function\nhint: This is a defect of Assay. ASSAY_DEBUG=1 shows where it happened.\n',
    exitCode: 1,
  })
  expect(errorText('thrown text', plain).text).toMatch(/^error: thrown text\n/)
})

test('ASSAY_DEBUG shows the stack and those of the causes', () => {
  const error = new AssayError('x', 'Outer.', { cause: new Error('inner') })
  const { text } = errorText(error, { colours: false, debug: true })
  expect(text).toMatch(/^error: Outer\.\nAssayError: Outer\.\n\s+at /)
  expect(text).toMatch(/\ncaused by: Error: inner\n\s+at /)
})

test('colours are on the labels only', () => {
  expect(errorText(new AssayError('x', 'Bad.'), { colours: true, debug: false }).text).toBe(
    '\x1b[31merror:\x1b[39m Bad.\n',
  )
})

describe('commander’s errors are mistakes in the command line', () => {
  const program = new Command('assay').exitOverride().configureOutput({ writeOut() {}, writeErr() {} })
  program.version('1.2.3')
  program
    .command('quick')
    .argument('[url]')
    .option('--model <name>')
    .action(() => {})
  const thrownBy = (...argv: string[]) => {
    try {
      program.parse(argv, { from: 'user' })
    } catch (error) {
      return errorText(error, plain)
    }
    throw new Error('nothing was thrown')
  }
  const help = 'hint: assay --help lists the commands, assay COMMAND --help the flags of one.\n'
  test.each([
    [['quik'], "error: unknown command 'quik'\nhint: Did you mean quick?\n", 2],
    [['quick', '--modle', 'x'], "error: unknown option '--modle'\nhint: Did you mean --model?\n", 2],
    [['quick', '--zebra'], `error: unknown option '--zebra'\n${help}`, 2],
    [
      ['quick', 'a', 'b'],
      `error: too many arguments for 'quick'. Expected 1 argument but got 2.\n${help}`,
      2,
    ],
    [[], '', 2],
    [['--help'], '', 0],
    [['--version'], '', 0],
  ])('%j', (argv, text, exitCode) => {
    expect(thrownBy(...argv)).toEqual({ text, exitCode })
  })
})

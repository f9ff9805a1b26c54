import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { AssayError } from '../../model/errors.ts'
import { type QuickFlags, quickStudy } from '../../spec/quick-study.ts'
import { addStudyFlags, quickFlags } from './quick.ts'

function parse(...argv: string[]): QuickFlags {
  const command = addStudyFlags(new Command().exitOverride().configureOutput({ outputError: () => {} }))
  command.argument('[urls...]').parse(argv, { from: 'user' })
  return quickFlags(command.args, command.opts())
}

describe('flags become what a quick study is made of', () => {
  test.each<[argv: string, flags: QuickFlags]>([
    ['', {}],
    ['http://a http://b', { urls: ['http://a', 'http://b'] }],
    ['--concurrency 4 --requests 50', { concurrency: 4, requests: 50 }],
    ['--users 4 --ramp 2', { users: 4, ramp: 2 }],
    ['--users 4 --ramp 2s', { users: 4, ramp: '2s' }],
    ['--rate 0.5 --arrivals constant --duration 2m', { rate: 0.5, arrivals: 'constant', duration: '2m' }],
    ['--burst 100 --seed 7', { burst: 100, seed: 7 }],
    ['--input-tokens 512 --output-tokens 32', { inputTokens: 512, outputTokens: 32 }],
    ['--temperature 0 --top-p 0.9', { temperature: 0, topP: 0.9 }],
    ['--header A:1 --header B:2', { headers: ['A:1', 'B:2'] }],
    ['--api-key-env KEY --model m --tokenizer t', { apiKeyEnv: 'KEY', model: 'm', tokenizer: 't' }],
    ['--dialect openai-completions --gpus 2', { dialect: 'openai-completions', gpus: 2 }],
    ['--transport http2', { transport: 'http2' }],
    ['--connections fresh --capture raw', { connections: 'fresh', capture: 'raw' }],
    ['--max-tokens-total 1000 --abort-on-errors 20%', { maxTokensTotal: 1000, abortOnErrors: '20%' }],
    ['--abort-on-errors 0.2', { abortOnErrors: 0.2 }],
  ])('%s', (argv, flags) => {
    expect(parse(...argv.split(' ').filter((word) => word !== ''))).toEqual(flags)
  })
})

describe('values that cannot be meant are refused', () => {
  test.each([
    ['--rate fast', /Use a number/],
    ['--requests=', /Use a number/],
    ['--capture all', /Allowed choices are none, text, raw/],
    ['--dialect smtp', /Allowed choices are openai-chat/],
    ['--transport quic', /Allowed choices are http1, http2/],
    ['--connections pooled', /Allowed choices are reuse, fresh/],
    ['--modle m', /Did you mean --model/],
  ])('%s', (argv, message) => {
    expect(() => parse(...argv.split(' '))).toThrow(message)
  })
})

test('two loads at once are one error that names the flag', () => {
  expect(() => quickStudy(parse('--rate', '3', '--burst', '5'))).toThrow(AssayError)
  expect(() => quickStudy(parse('--rate', '3', '--burst', '5'))).toThrow(/--burst: .*different loads/)
})

test('the values of headers are secrets', () => {
  expect(quickStudy(parse('http://a', '--header', 'X-Team: blue-team')).secrets).toEqual(['blue-team'])
})

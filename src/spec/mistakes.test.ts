import { describe, expect, test } from 'vitest'
import { told } from '../../test/told.ts'
import { loadStudy } from './index.ts'

const target = 'targets:\n  - url: http://h:1\n'
const workload = (text: string) => `${target}workloads:\n  - ${text}\n`
const load = (text: string) => `${target}loads:\n  - ${text}\n`

describe('keys', () => {
  test.each([
    [
      'tragets: [{ url: h }]\n',
      'study.yaml:1:1: there is no key "tragets" here.\n    Did you mean "targets"?',
    ],
    [
      `${target}    conections: fresh\n`,
      'study.yaml:3:5: there is no key "conections" here.\n    Did you mean "connections"?',
    ],
    [
      `${target}    api_key_env: A\n`,
      'study.yaml:3:5: there is no key "api_key_env" here.\n    Did you mean "apiKeyEnv"?',
    ],
    [
      `${target}concurrency: 8\n`,
      'study.yaml:3:1: there is no key "concurrency" here.\n    "concurrency" belongs to an entry of "loads".',
    ],
    [
      `${target}qps: 8\n`,
      'study.yaml:3:1: there is no key "qps" here.\n' +
        '    Known keys: name, seed, repeats, capture, maxTokensTotal, abortOnErrors,\n' +
        '    targets, workloads, loads.',
    ],
    [
      'targets:\n  - &a { url: h }\n  - { url: i, <<: *a }\n',
      'study.yaml:3:15: there is no key "<<" here.\n    Merge keys are not supported: write the keys out.',
    ],
    [
      workload('prompt: { tokens: { unifrom: [1, 2] } }'),
      'study.yaml:4:25: there is no key "unifrom" here.\n    Did you mean "uniform"?',
    ],
    [
      'seed: 1\n',
      'study.yaml:1:1: targets is missing: expected a list of targets.\n' +
        '    For example: targets: [{ url: http://127.0.0.1:8000 }]',
    ],
  ])('%s', (text, message) => {
    expect(told(text)).toBe(message)
  })

  test('the value of a misspelt key is checked too, and nothing is called missing', () => {
    expect(told(load('concurency: eight'))).toBe(
      '2 mistakes in study.yaml:\n' +
        'study.yaml:4:5: there is no key "concurency" here.\n    Did you mean "concurrency"?\n' +
        'study.yaml:4:5: loads[0].concurrency is "eight": expected a whole number of at\n' +
        '    least 1.\n    For example: concurrency: 8',
    )
  })

  test('of two misspellings of one key each is told once', () => {
    expect(told(load('ratee: 1\n    raate: 2')).match(/there is no key/g)).toHaveLength(2)
  })
})

describe('values', () => {
  test.each([
    ['', 'study.yaml:1:1: the study is empty: expected keys and values, at least\n    targets.\n'],
    ['- 1\n', 'study.yaml:1:1: the study is [1]: expected keys and values'],
    [
      'targets: { url: h }\n',
      'study.yaml:1:1: targets is { url: h }: expected a list of targets.\n    A list, even of one: begin the entry with "- ".',
    ],
    ['targets: []\n', 'targets is []: expected a list of at least one target.'],
    [`${target}loads:\n`, 'study.yaml:3:1: loads is empty: expected a list of loads.'],
    [
      `${target}    dialect: openai-caht\n`,
      'study.yaml:3:5: targets[0].dialect is "openai-caht": expected\n    openai-chat, openai-completions,',
    ],
    [`${target}capture: all\n`, 'study.yaml:3:1: capture is "all": expected none, text or raw.'],
    [
      load('concurrency: 0'),
      'study.yaml:4:5: loads[0].concurrency is 0: expected a whole number of at\n    least 1.\n    For example: concurrency: 8',
    ],
    [load('concurrency: "8"'), 'least 1.\n    Write it without quotes: 8'],
    [load('users: 3000000000'), 'expected a whole number of\n    at most 1,000,000,000.'],
    [load('rate: .inf'), 'loads[0].rate is Infinity: expected a number of requests'],
    [
      load('rate: 2\n    duration: soon'),
      'study.yaml:5:5: loads[0].duration is "soon": expected a time above 0 and\n' +
        '    up to 7 days: seconds, or a text such as "90s" or "2m".\n    For example: duration: 2m',
    ],
    [load('rate: 2\n    duration: 0s'), 'loads[0].duration is "0s": expected a time above 0'],
    [load('rate: 2\n    drain: 200h'), 'loads[0].drain is "200h": expected a time of 0 to 7 days'],
    [
      `${target}abortOnErrors: 20\n`,
      'study.yaml:3:1: abortOnErrors is 20: expected a share: a text such as\n' +
        '    "20%", or a number from 0 to 1.\n    For example: abortOnErrors: 20%',
    ],
    [`${target}abortOnErrors: 101%\n`, 'abortOnErrors is "101%": expected a share'],
    [`${target}seed: 1.5\n`, 'seed is 1.5: expected a whole number.'],
    [`${target}seed: 1e300\n`, 'seed is 1e+300: expected a whole number between -2^53 and\n    2^53.'],
    [`${target}name: 1.5\n`, 'study.yaml:3:1: name is 1.5: expected a text.\n    Write it in quotes: "1.5"'],
    [
      workload('output: { tokens: { uniform: [1] } }'),
      'study.yaml:4:25: workloads[0].output.tokens.uniform is [1]: expected two\n    whole numbers: [from, to].',
    ],
    [
      workload('output: { tokens: { uniform: [9, 2] } }'),
      'study.yaml:4:15: the shortest length (9) is above the longest (2).\n    Exchange the two.',
    ],
    [
      workload('output: { tokens: { normal: { mean: 500, sd: 1, max: 100 } } }'),
      'study.yaml:4:15: the mean (500) lies outside 1 to 100.\n    Give output a mean between min and max.',
    ],
    [
      workload('sampling: { topP: 0 }'),
      'workloads[0].sampling.topP is 0: expected a number above\n    0 and up to 1.',
    ],
    [workload('sampling: { stop: end }'), 'workloads[0].sampling.stop is "end": expected a list of'],
  ])('%s', (text, message) => {
    expect(told(text)).toContain(message)
  })
})

describe('keys that do not go together', () => {
  test.each([
    [
      load('concurrency: 8\n    rate: 2'),
      'study.yaml:5:5: concurrency and rate are different loads.\n    Keep one here; a study may list several loads.',
    ],
    [
      load('requests: 8'),
      'study.yaml:4:5: a load needs one of concurrency, users, rate or burst.\n    For example: concurrency: 8',
    ],
    [
      load('rate: 8\n    ramp: 2'),
      'study.yaml:5:5: ramp goes only with users.\n    Add users, or leave ramp out.',
    ],
    [
      load('users: 8\n    arrivals: poisson'),
      'study.yaml:5:5: arrivals goes only with rate.\n    Add rate, or leave arrivals out.',
    ],
    [
      load('burst: 8\n    duration: 2'),
      'study.yaml:5:5: a burst is sent at one instant: duration does not go with\n    it.\n    Leave duration out.',
    ],
    [
      load('burst: 8\n    requests: 9'),
      'study.yaml:5:5: burst says how many requests there are: requests does not\n    go with it.\n    Leave requests out.',
    ],
    [
      'targets:\n  - engine: embedded\n    url: http://a\n',
      'study.yaml:3:5: engine and url exclude each other.\n' +
        '    Keep one; several servers are several targets, or one with urls.',
    ],
    [
      `${target}    restart: true\n`,
      'study.yaml:3:5: restart goes only with engine.\n    Add engine, or leave restart out.',
    ],
    [
      'targets:\n  - engine: embedded\n    transport: http2\n',
      'study.yaml:3:5: transport http2 does not go with an engine that Assay\n' +
        '    starts: it speaks HTTP/1.1.\n    Leave transport out.',
    ],
    [
      `${target}    options: { sequences: 2 }\n`,
      'study.yaml:3:5: options goes only with engine.\n    Add engine, or leave options out.',
    ],
    [
      'targets:\n  - model: a\n',
      'study.yaml:2:5: a target needs one of engine, url or urls.\n    For a running server: url: http://127.0.0.1:8000',
    ],
    [
      workload('path: a.jsonl'),
      'study.yaml:4:5: source synthetic reads no file.\n    Add source: jsonl, or leave path out.',
    ],
    [
      workload('source: jsonl'),
      'study.yaml:4:5: source jsonl needs a path.\n    Add path: prompts.jsonl (a file with one JSON object a line).',
    ],
    [
      workload('source: sample\n    prompt: { tokens: 5 }'),
      'study.yaml:5:5: source sample brings its own prompts.\n    Leave prompt out, or use source: synthetic.',
    ],
    [
      'targets:\n  - { name: a, engine: embedded }\n  - { name: a, engine: embedded }\n',
      'study.yaml:3:7: two targets are called "a".\n    Give each its own name; the other one is targets[0].',
    ],
  ])('%s', (text, message) => {
    expect(told(text)).toBe(message)
  })

  test('a source that does not exist is the only mistake of its workload', () => {
    expect(told(workload('source: jsnl\n    path: a'))).toBe(
      'study.yaml:4:5: workloads[0].source is "jsnl": expected synthetic,\n    shared-prefix, synthetic-conversations, ladder, sample, jsonl, parquet, csv,\n    hf-folder, sharegpt, conversations, tinystories, cnn-dailymail, longbench,\n    openai-batch, bodies, mooncake, burstgpt, azure-trace, bailian, trace-csv or\n    frozen.\n    Did you mean "jsonl"?',
    )
  })
})

describe('URLs and headers', () => {
  test.each([
    [
      'url: htp://x',
      'study.yaml:2:5: "htp://x" is neither http nor https, nor grpc.\n    Write it like http://127.0.0.1:8000',
    ],
    ['url: "http:/h"', 'study.yaml:2:5: "http:/h" is not a URL.\n    Write it like http://127.0.0.1:8000'],
    [
      'urls: [h, "http://h:99999"]',
      'study.yaml:2:15: "http://h:99999" is not a URL.\n    Write it like http://127.0.0.1:8000',
    ],
    [
      'url: http://user:pass@h',
      'study.yaml:2:5: a URL must not hold a user name or password.\n' +
        '    Send a key by apiKeyEnv (--api-key-env), or a header taken from the\n    environment.',
    ],
    [
      'url: h/v1/completions\n    dialect: openai-chat',
      'study.yaml:2:5: the path of "h/v1/completions" is that of\n' +
        '    openai-completions, not openai-chat.\n    Leave the path out, or change the dialect.',
    ],
    [
      'url: h\n    headers: { "X Y": a }',
      'study.yaml:3:16: "X Y" cannot be the name of a header.\n    Use letters, digits and "-".',
    ],
    [
      'url: h\n    headers: { Host: a }',
      'study.yaml:3:16: the header "Host" is set by Assay itself.\n    Leave it out.',
    ],
    [
      'url: h\n    transport: http2\n    headers: { Keep-Alive: a }',
      'study.yaml:4:16: the header "Keep-Alive" does not exist in HTTP/2.\n    Leave it out, or transport http2.',
    ],
    [
      'url: h\n    headers: { X-A: 12 }',
      'study.yaml:3:16: targets[0].headers.X-A is 12: expected a text.\n    Write it in quotes: "12"',
    ],
    [
      'url: h\n    apiKeyEnv: KEY\n    headers: { authorization: a }',
      'study.yaml:4:16: apiKeyEnv sends the header "authorization" already.\n    Keep one of the two.',
    ],
    [
      'url: h\n    apiKeyEnv: sk-0123456789\n',
      'study.yaml:3:5: this is not the name of an environment variable.\n' +
        '    Put the key into a variable, and give the variable’s name here.',
    ],
    [
      'url: h\n    apiKeyEnv: EMPTY',
      'study.yaml:3:5: the environment variable EMPTY is empty.\n    Set it: export EMPTY=…',
    ],
  ])('%s', (text, message) => {
    expect(told(`targets:\n  - ${text}\n`, [], { KEY: 'abcd', EMPTY: '' })).toBe(message)
  })

  test('a key with a line break is told and never shown', () => {
    const text = `${target}    headers: { Authorization: "Bearer \${KEY}" }\n`
    expect(told(text, [], { KEY: 'sk-0123\n' })).toBe(
      'study.yaml:3:16: the value of header "Authorization" has a line break or\n' +
        '    another character that no header can hold.\n' +
        '    A key read from a file often ends in a line break.',
    )
  })
})

test('all mistakes of a study are told at once, in its order, in lines of 80 columns', () => {
  const text = `sede: 1\n${target}    gpus: none\nname: \${NAME}\ncapture: \${CAPTURE:x}\nseed: 3\nloads:\n  - concurrency: 2\n    burst: 3\n    drian: 1\nseed: 4\n`
  const message = told(text, ['repeats=0', 'laods=[]'])
  expect(message.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
    '9 mistakes in study.yaml:',
    'study.yaml:1:1: there is no key "sede" here.',
    'study.yaml:4:5: targets[0].gpus is "none": expected a whole number of at least',
    'study.yaml:5:1: the environment variable NAME is not set.',
    'study.yaml:6:1: "${CAPTURE:x}" is not a reference to the environment.',
    'study.yaml:10:5: concurrency and burst are different loads.',
    'study.yaml:11:5: there is no key "drian" here.',
    'study.yaml:12:1: the key "seed" stands here a second time.',
    '--set repeats=0: repeats is 0: expected a whole number of at least 1.',
    '--set laods=[]: there is no key "laods" here.',
  ])
  expect(Math.max(...`error: ${message}`.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test.each([
  ['nowhere.yaml', 'There is no file nowhere.yaml.'],
  ['.', '. is a folder, not a study file.'],
])('the file %s', async (file, message) => {
  await expect(loadStudy(file)).rejects.toMatchObject({ code: 'study-file', exitCode: 2, message })
})

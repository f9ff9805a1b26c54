import { describe, expect, test } from 'vitest'
import { type QuickFlags, quickStudy } from './index.ts'
import { parseStudy } from './load-study.ts'

/** What a user is told about flags. */
function told(flags: QuickFlags, env: Record<string, string> = {}): string {
  try {
    quickStudy(flags, env)
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing'
}

test('without a URL the embedded engine is measured', () => {
  const { study } = quickStudy({}, {})
  const file = parseStudy('name: quick\ntargets: [{ engine: embedded }]', { file: 'a.yaml', env: {} })
  expect(study).toEqual(file.study)
})

test('every flag says what its key in a file says', () => {
  const flags: QuickFlags = {
    urls: ['http://a:1', 'http://b:1'],
    model: 'm',
    users: 4,
    ramp: '2s',
    requests: 9,
    duration: 30,
    inputTokens: 16,
    outputTokens: 8,
    seed: 7,
    headers: ['X-A: one', 'X-B:two:three'],
    apiKeyEnv: 'K',
    tokenizer: '/t',
    temperature: 0.5,
    topP: 0.9,
    gpus: 2,
    transport: 'http2',
    connections: 'fresh',
    capture: 'raw',
    maxTokensTotal: 1000,
    abortOnErrors: '20%',
  }
  const yaml = `name: quick
seed: 7
capture: raw
maxTokensTotal: 1000
abortOnErrors: 0.2
targets:
  - urls: [http://a:1, http://b:1]
    model: m
    headers: { X-A: one, X-B: "two:three" }
    apiKeyEnv: K
    tokenizer: /t
    gpus: 2
    transport: http2
    connections: fresh
workloads:
  - prompt: { tokens: 16 }
    output: { tokens: 8 }
    sampling: { temperature: 0.5, topP: 0.9 }
    tokenizer: /t
loads:
  - { users: 4, ramp: 2, requests: 9, duration: 30s }
`
  const env = { K: 'hush-hush' }
  const quick = quickStudy(flags, env)
  expect(quick.study).toEqual(parseStudy(yaml, { file: 'a.yaml', env }).study)
  expect(quick.secrets).toEqual(['two:three', 'hush-hush', 'one'])
})

test.each([
  ['host:8000', 'http://host:8000', 'openai-chat'],
  ['https://host/v1', 'https://host/v1', 'openai-chat'],
  ['http://host/v1/completions', 'http://host', 'openai-completions'],
  ['http://host/completion', 'http://host', 'llamacpp-completion'],
  ['http://host:8000/inference/v1/generate', 'http://host:8000', 'vllm-tokens'],
  ['http://host:11434/api/generate', 'http://host:11434', 'ollama-generate'],
  ['http://host:11434/api/chat', 'http://host:11434', 'ollama-chat'],
  ['http://host/v1/chat/completions/', 'http://host', 'openai-chat'],
])('%s is understood', (url, base, dialect) => {
  expect(quickStudy({ urls: [url] }, {}).study.targets[0]).toMatchObject({ urls: [base], dialect })
})

test('a burst and as many requests say the same', () => {
  expect(quickStudy({ burst: 5, requests: 5 }, {}).study.loads[0]?.until).toEqual({ requests: 5 })
})

describe('mistakes name their flags', () => {
  test.each<[flags: QuickFlags, message: string]>([
    [
      { concurrency: 0 },
      '--concurrency is 0: expected a whole number of at least 1.\n    For example: --concurrency 8',
    ],
    [
      { concurrency: 8, rate: 2 },
      '--rate: --concurrency and --rate are different loads.\n    Keep one of them; a study file may list several loads.',
    ],
    [{ ramp: 3 }, '--ramp goes only with --users.\n    Add --users, or leave --ramp out.'],
    [{ arrivals: 'poisson' }, '--arrivals goes only with --rate.\n    Add --rate, or leave --arrivals out.'],
    [
      { burst: 5, requests: 6 },
      '--requests: --burst says how many requests there are: --requests does not\n    go with it.\n    Leave --requests out.',
    ],
    [
      { duration: 'soon' },
      '--duration is "soon": expected a time above 0 and up to 7 days: seconds,\n' +
        '    or a text such as "90s" or "2m".\n    For example: --duration 2m',
    ],
    [{ inputTokens: 0.5 }, '--input-tokens is 0.5: expected a whole number of tokens.'],
    [{ topP: 2 }, '--top-p is 2: expected a number above 0 and up to 1.\n    For example: --top-p 0.95'],
    [{ capture: 'txt' }, '--capture is "txt": expected none, text or raw.\n    Did you mean "text"?'],
    [
      { urls: ['h', 'ftp://h'] },
      'URL: "ftp://h" is neither http nor https, nor grpc.\n    Write it like http://127.0.0.1:8000',
    ],
    [{ apiKeyEnv: 'NO' }, '--api-key-env: the environment variable NO is not set.\n    Set it: export NO=…'],
    [
      { headers: ['sk-01234'] },
      '--header: expected a name, a colon and a value.\n    For example: --header "X-Team: search"',
    ],
    [
      { headers: ['X-A:'] },
      '--header: the header "X-A" has no value.\n    For example: --header "X-Team: search"',
    ],
    [
      { headers: ['X-A: 1', 'X-A: 2'] },
      '--header: the header "X-A" is given twice.\n    For example: --header "X-Team: search"',
    ],
  ])('%j', (flags, message) => {
    expect(told(flags)).toBe(message)
  })

  test('all at once', () => {
    expect(told({ concurrency: 0, seed: 0.5, gpus: 0 }).split('\n')[0]).toBe(
      '3 mistakes in the command line:',
    )
  })
})

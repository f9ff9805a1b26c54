import { expect, test } from 'vitest'
import { welcome } from './serve-engine.ts'

test('whoever serves an engine is told where it is and how to talk to it', () => {
  const running = {
    urls: ['http://127.0.0.1:8000'],
    dialect: 'openai-chat',
    model: 'assay-bigram',
    pids: [1],
    engineInfo: {},
    notices: ['random weights'],
    stop: async () => {},
  }
  expect(welcome(running, '/dev/stderr')).toBe(
    [
      'Serving assay-bigram at http://127.0.0.1:8000 (Ctrl-C ends it).',
      'notice: random weights',
      'Log: here, on stderr',
      '',
      `  curl http://127.0.0.1:8000/v1/chat/completions -H 'Content-Type: application/json' -d ` +
        `'{"model":"assay-bigram","max_tokens":32,"messages":[{"role":"user","content":"Hello"}]}'`,
      '  assay quick http://127.0.0.1:8000 --dialect openai-chat',
      '',
    ].join('\n'),
  )
  expect(welcome(running, '/tmp/x.log')).toContain('Log: /tmp/x.log')
})

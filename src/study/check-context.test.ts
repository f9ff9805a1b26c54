import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { target } from '../../test/builders.ts'
import { temporaryFolder } from '../../test/measure.ts'
import type { ReadyTarget } from '../model/target.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { freezeWorkload } from '../workloads/index.ts'
import { checkContext } from './check-context.ts'

const letters: Tokenizer = { name: 'letters', encode: (text) => [...Buffer.from(text)], decode: String }

function freeze(lines: string, tokenizer?: Tokenizer) {
  const path = `${temporaryFolder()}/prompts.jsonl`
  writeFileSync(path, lines)
  return freezeWorkload(
    { name: 'w', source: { kind: 'jsonl', path }, outputMode: 'exact', sampling: {} },
    { seed: 1, count: 2, ...(tokenizer === undefined ? {} : { tokenizer }) },
  )
}

function ready(contextTokens?: number): ReadyTarget {
  return {
    target: target(),
    urls: [],
    dialect: 'openai-completions',
    model: 'm',
    connections: 'reuse',
    engineInfo: contextTokens === undefined ? {} : { contextTokens },
    notices: [],
  }
}

const ids = '{"prompt": [1, 2], "max_tokens": 2}\n{"prompt": [1, 2, 3, 4, 5, 6], "max_tokens": 4}'

test('the longest request must fit, prompt and output together', async () => {
  const workload = await freeze(ids)
  expect(() => checkContext(workload, ready(10))).not.toThrow()
  expect(() => checkContext(workload, ready(9))).toThrow(
    'Workload "w", request 1: 6 prompt + 4 output tokens exceed the context of 9 of target "local".',
  )
})

test('texts count when a tokenizer has counted them, and what is not known refuses nothing', async () => {
  const texts = '{"prompt": "abcdefgh", "max_tokens": 4}'
  const counted = await freeze(texts, letters)
  expect(() => checkContext(counted, ready(11))).toThrow(/8 prompt \+ 4 output tokens/)
  const uncounted = await freeze(texts)
  expect(() => checkContext(uncounted, ready(11))).not.toThrow()
  const withIds = await freeze(ids)
  expect(() => checkContext(withIds, ready())).not.toThrow()
})

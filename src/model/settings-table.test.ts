import { expect, test } from 'vitest'
import type { ReportTarget } from './report.ts'
import { settingRows } from './settings-table.ts'

function target(init: Partial<ReportTarget>): ReportTarget {
  return {
    name: 't',
    model: 'm',
    dialect: 'openai-chat',
    urls: [],
    engineInfo: {},
    settings: {},
    notices: [],
    ...init,
  }
}

test('what differs is marked, what nobody said is unknown and differs from nothing', () => {
  const targets = [
    target({ engineInfo: { dtype: 'bf16', prefixCache: true, version: '1', engine: 'a' } }),
    target({ engineInfo: { prefixCache: false, engine: 'a', version: '1' }, gpus: 2 }),
  ]
  expect(settingRows({ targets })).toEqual([
    { name: 'engine', values: ['a', 'a'], differs: false },
    { name: 'version', values: ['1', '1'], differs: false },
    { name: 'model', values: ['m', 'm'], differs: false },
    { name: 'dtype', values: ['bf16', undefined], differs: false },
    { name: 'prefixCache', values: ['on', 'off'], differs: true },
    { name: 'gpus', values: [undefined, '2'], differs: false },
    { name: 'dialect', values: ['openai-chat', 'openai-chat'], differs: false },
  ])
})

test('a field that one target is not sent differs', () => {
  const targets = [target({ settings: { 'body.cache_prompt': false } }), target({ dialect: 'tgi' })]
  expect(settingRows({ targets }).slice(1)).toEqual([
    { name: 'dialect', values: ['openai-chat', 'tgi'], differs: true },
    { name: 'body.cache_prompt', values: ['off', 'not sent'], differs: true },
  ])
})

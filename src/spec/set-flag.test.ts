import { describe, expect, test } from 'vitest'
import { told } from '../../test/told.ts'
import { parseStudy } from './index.ts'

const target = 'targets:\n  - url: http://h:1\n'

describe('--set is refused', () => {
  test.each([
    ['sede=5', '--set sede=5: there is no key "sede" here.\n    Did you mean "seed"?'],
    [
      'targets.0.modle=x',
      '--set targets.0.modle=x: there is no key "modle" here.\n    Did you mean "model"?',
    ],
    ['seed=x', '--set seed=x: seed is "x": expected a whole number.\n    For example: seed: 7'],
    [
      'targets[3].url=x',
      '--set targets[3].url=x: targets has 1 entry, so there is no targets[3].\n    Entries count from 0.',
    ],
    [
      'loads[1].rate=1',
      '--set loads[1].rate=1: loads has no entries, so there is no loads[1].\n    Entries count from 0.',
    ],
    ['targets.url=x', '--set targets.url=x: targets is a list.\n    Name an entry: targets[0].url'],
    [
      'targets[0].url.x=1',
      '--set targets[0].url.x=1: targets[0].url is http://h:1, which has no\n    keys.\n    Set targets[0].url itself.',
    ],
    [
      'loads[0].requests=5',
      '--set loads[0].requests=5: a load needs one of concurrency, users, rate\n    or burst.\n    For example: concurrency: 8',
    ],
    ['name=@x', '--set name=@x: a value cannot begin with "@" unless it is quoted.\n    Write it in quotes.'],
    ['seed', '--set seed: expected path=value.\n    For example: --set loads[0].requests=50'],
  ])('%s', (assignment, message) => {
    expect(told(target, [assignment])).toBe(message)
  })

  test('an entry that repeats another one cannot be changed alone', () => {
    const text = 'targets:\n  - &a { url: h }\n  - *a\n'
    expect(told(text, ['targets[1].url=i'])).toBe(
      '--set targets[1].url=i: targets[1] repeats another value (*a).\n' +
        '    Set it where &a is, or write the value out in the file.',
    )
  })
})

const parsed = (text: string, env: Record<string, string> = {}, set: readonly string[] = []) =>
  parseStudy(text, { file: 'study.yaml', set, env })

describe('--set', () => {
  test('replaces and adds values, with and without brackets', () => {
    const set = ['targets.0.url=http://b:1', 'loads[0].burst=9', 'seed=5', 'workloads=[{ source: sample }]']
    const { study } = parsed(`${target}loads:\n  - burst: 8\n`, {}, set)
    expect(study.targets[0]?.urls).toEqual(['http://b:1'])
    expect(study.loads[0]?.until).toEqual({ requests: 9 })
    expect(study.seed).toBe(5)
    expect(study.workloads[0]?.source).toEqual({ kind: 'sample' })
  })

  test('begins a list that the file does not have, or has left empty', () => {
    expect(parsed(target, {}, ['loads[0].rate=3']).study.loads[0]?.name).toBe('poisson-3')
    expect(parsed('targets:\n', {}, ['targets[0].url=h']).study.targets[0]?.urls).toEqual(['http://h'])
    expect(parsed('', {}, ['targets=[{ url: h }]']).study.targets[0]?.urls).toEqual(['http://h'])
  })

  test('takes its value from the environment', () => {
    const { study, secrets } = parsed(target, { N: '4', K: 'hush' }, [
      'seed=${N}',
      'targets[0].headers.X-A=${K}',
    ])
    expect([study.seed, study.targets[0]?.headers, secrets]).toEqual([4, { 'X-A': 'hush' }, ['hush']])
  })
})

import { describe, expect, test } from 'vitest'
import { parseStudy } from './index.ts'

const parse = (text: string, env: Record<string, string> = {}) =>
  parseStudy(text, { file: 'study.yaml', env })
const target = 'targets:\n  - url: http://h:1\n'

describe('${NAME} in a value', () => {
  test('is a number where a number is wanted, and text everywhere else', () => {
    const { study } = parse(
      `seed: \${N}\nname: \${N}\ntargets:\n  - url: h\n    model: \${N}\n    timeout: \${N}\n    headers:\n      X-N: \${N}\n`,
      { N: '7' },
    )
    expect([study.seed, study.name]).toEqual([7, '7'])
    expect(study.targets[0]).toMatchObject({ model: '7', timeoutS: 7, headers: { 'X-N': '7' } })
  })

  test('has its default when the variable is not set or empty', () => {
    const text = `${target}name: "\${A:-one} \${B:-two} \${C:-}|"\n`
    expect(parse(text, { B: '' }).study.name).toBe('one two |')
  })

  test('is itself when the dollar is doubled', () => {
    expect(parse(`${target}name: $\${A} \${A}\n`, { A: 'x' }).study.name).toBe('${A} x')
  })

  test('never changes the structure', () => {
    expect(parse(`${target}name: \${N}\n`, { N: 'a\nseed: 9' }).study).toMatchObject({
      name: 'a\nseed: 9',
      seed: 1,
    })
  })

  test('is not read in keys and comments', () => {
    const { study } = parse(`# \${NO}\n${target}    body: { "\${NO}": 1 }\n`)
    expect(study.targets[0]?.body).toEqual({ '${NO}': 1 })
  })
})

describe('secrets', () => {
  test('are what the environment gives to headers and bodies, and keys', () => {
    const text = `name: \${D}\n${target}    headers: { X-Info: "k \${A}" }\n    body: { user: "\${B}" }\n    apiKeyEnv: C\n`
    const { study, secrets } = parse(text, { A: 'one', B: 'two', C: 'three', D: 'four' })
    expect(study.targets[0]?.headers).toEqual({ 'X-Info': 'k one' })
    expect(secrets).toEqual(['k one', 'three', 'one', 'two'])
  })

  test('are not the defaults that stand in the file', () => {
    expect(parse(`${target}    headers: { X-Team: "\${TEAM:-search}" }\n`).secrets).toEqual([])
  })

  test('are the values of headers named like keys, and the key inside, wherever they come from', () => {
    const text = `${target}    headers: { Authorization: Bearer abcdef, X-Api-Key: ghi, X-Team: a }\n`
    expect(parse(text).secrets).toEqual(['Bearer abcdef', 'abcdef', 'ghi'])
  })

  test('are found through an anchor', () => {
    const text = `${target}    model: &m "\${M}"\n    body: { model: *m }\n`
    expect(parse(text, { M: 'hush' }).secrets).toEqual(['hush'])
  })

  test('are redacted in mistakes', () => {
    const text = `${target}    headers: { X-Info: "\${A}" }\nname: [hush-hush]\n`
    expect(() => parse(text, { A: 'hush-hush' })).toThrow('name is [[redacted]]')
  })
})

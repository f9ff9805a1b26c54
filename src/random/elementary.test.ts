import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exponential, gamma, logNormal, normal } from './distributions.ts'
import { exp, ln, ln1p } from './elementary.ts'
import { makeRng } from './rng.ts'

/** The 64 bits of a double. */
function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

const golden = JSON.parse(readFileSync(new URL('./golden-values.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly (readonly [argument: number, bits: string])[]>
>
const functions = { ln, ln1p, exp }

describe('elementary functions', () => {
  test.each(Object.keys(functions) as (keyof typeof functions)[])('%s gives the golden bits', (name) => {
    const values = golden[name] ?? []
    expect(values.length).toBeGreaterThan(15)
    expect(values.map(([x]) => [x, bits(functions[name](x))])).toEqual(values)
  })

  test('they are within two units in the last place of what this engine computes', () => {
    const rng = makeRng(9)
    const near = (a: number, b: number) => Math.abs(a - b) <= 2 * 2 ** -52 * Math.abs(b)
    for (let i = 0; i < 20_000; i++) {
      const u = rng.next()
      for (const x of [u, u * 1e9, u * 1e-9, 1 + u * 1e-6]) {
        if (x > 0 && !near(ln(x), Math.log(x))) throw new Error(`ln(${x})`)
        if (!near(ln1p(x), Math.log1p(x))) throw new Error(`ln1p(${x})`)
      }
      if (!near(ln1p(-u), Math.log1p(-u))) throw new Error(`ln1p(${-u})`)
      for (const x of [(u - 0.5) * 1400, u - 0.5, (u - 0.5) * 1e-8]) {
        if (!near(exp(x), Math.exp(x))) throw new Error(`exp(${x})`)
      }
    }
  })

  test('what has no logarithm is refused', () => {
    for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => ln(x)).toThrow(RangeError)
    for (const x of [-1, -2, Number.NaN]) expect(() => ln1p(x)).toThrow(RangeError)
    for (const x of [701, -701, Number.NaN]) expect(() => exp(x)).toThrow(RangeError)
  })
})

test('variates have the golden bits', () => {
  const rng = makeRng(11)
  const drawn = {
    exponential: exponential(rng, 128),
    normal: normal(rng, 10, 2),
    logNormal: logNormal(rng, 200, 0.8),
    gamma: gamma(rng, 2.5, 100),
    smallGamma: gamma(rng, 0.4, 100),
  }
  expect(Object.entries(drawn).map(([name, value]) => [name, bits(value)])).toEqual(golden.variates)
})

test('nothing that makes a workload uses a function whose bits the platform decides', () => {
  const banned = /Math\.(log\w*|exp\w*|pow|sin\w*|cos\w*|tan\w*|a(sin|cos|tan)\w*|cbrt|hypot|random|sum\w*)\b/
  const found: string[] = []
  for (const folder of ['random', 'workloads', 'tokenizers', 'schedule']) {
    const root = fileURLToPath(new URL(`../${folder}/`, import.meta.url))
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
      const code = readFileSync(`${root}${file}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      if (banned.test(code)) found.push(`${folder}/${file}: ${banned.exec(code)?.[0]}`)
    }
  }
  expect(found).toEqual([])
})

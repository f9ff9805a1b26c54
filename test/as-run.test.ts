import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { distPath } from '../src/model/entry.ts'

interface Shown {
  readonly name: string
  readonly input: { readonly mean: number; readonly total: number }
  readonly output: { readonly total: number; readonly mean: number; readonly median: number }
}

test('the workloads of the published throughput and latency runs have the tokens that were realised then', () => {
  const show = ['workload', 'show', 'examples/as-run/llm-infer-bench.yaml', '--json']
  const printed = execFileSync(process.execPath, [distPath('bin/main.js'), ...show], { encoding: 'utf8' })
  const byName = new Map((JSON.parse(printed) as Shown[]).map((one) => [one.name, one]))
  const near = (value: number | undefined, published: number) =>
    Math.abs((value ?? 0) / published - 1) <= 0.02 ? 'within 2 %' : `${value} instead of ${published}`
  const figures = [
    ['cap-32', 17_310],
    ['cap-128', 54_184],
    ['cap-512', 118_811],
    ['cap-1536', 128_610],
  ] as const
  for (const [name, total] of figures) {
    const shown = byName.get(name)
    expect([name, near(shown?.output.total, total)]).toEqual([name, 'within 2 %'])
    // Every prompt has its 512 tokens, counted.
    expect(shown?.input.total).toBe(512_000)
  }
  const latency = byName.get('latency')
  expect(near(latency?.input.mean, 258)).toBe('within 2 %')
  expect(near(latency?.output.mean, 128.3)).toBe('within 2 %')
  expect(near(latency?.output.median, 95)).toBe('within 2 %')
})

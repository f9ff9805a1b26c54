import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type FigureName, figures } from '../figures.ts'
import { type ReaderName, readers, recognise } from './index.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../test/fixtures/audit/${name}`, import.meta.url), 'utf8')

/** Files that the tools themselves wrote, and what their own tables said. */
const files: readonly {
  readonly file: string
  readonly reader: ReaderName
  readonly expected: { readonly [name in FigureName]?: number }
}[] = [
  {
    file: 'vllm-bench-rust.json',
    reader: 'vllm-bench',
    expected: {
      ttftP50Ms: 51.0320515,
      ttftP99Ms: 73.66943899000003,
      itlP50Ms: 19.9997385,
      itlP99Ms: 26.25943149,
      tpotP50Ms: 20.001533984126983,
      tpotP99Ms: 20.073574418412704,
      e2eP50Ms: 1311.3239495,
      e2eP99Ms: 1335.24300359,
      requestsPerSecond: 5.855348079964859,
      outputTokensPerSecond: 374.742277117751,
      requests: 100,
      outputTokens: 6400,
    },
  },
  {
    file: 'vllm-bench-python.json',
    reader: 'vllm-bench',
    expected: {
      ttftP50Ms: 54.0528474994062,
      ttftP99Ms: 72.73231119021148,
      itlP50Ms: 19.998286999907577,
      itlP99Ms: 24.448248600256193,
      tpotP50Ms: 20.012005866677402,
      tpotP99Ms: 20.076624763954896,
      e2eP50Ms: 354.3741615003455,
      e2eP99Ms: 368.5612224589022,
      requestsPerSecond: 22.32663521252344,
      outputTokensPerSecond: 357.226163400375,
      requests: 40,
      outputTokens: 640,
    },
  },
  {
    file: 'sglang-bench-rust.jsonl',
    reader: 'sglang-bench',
    expected: {
      ttftP50Ms: 50.711386499999996,
      ttftP99Ms: 65.89217977,
      itlP50Ms: 19.999824,
      itlP99Ms: 27.305112410000007,
      tpotP50Ms: 20.004841293650795,
      tpotP99Ms: 20.060717718730157,
      e2eP50Ms: 1311.1774175,
      e2eP99Ms: 1317.26702394,
      requestsPerSecond: 5.862072524381471,
      outputTokensPerSecond: 375.17264156041415,
      requests: 100,
      outputTokens: 6400,
    },
  },
  {
    file: 'sglang-bench-python.jsonl',
    reader: 'sglang-bench',
    expected: {
      ttftP50Ms: 53.445417000148154,
      ttftP99Ms: 87.81653303063648,
      itlP50Ms: 20.000885499939614,
      itlP99Ms: 44.5947167396116,
      tpotP50Ms: 20.00845760000326,
      tpotP99Ms: 20.8260566712961,
      e2eP50Ms: 355.7174035004209,
      e2eP99Ms: 385.4383121201863,
      requestsPerSecond: 21.634526347611015,
      outputTokensPerSecond: 346.15242156177624,
      requests: 40,
      outputTokens: 640,
    },
  },
  {
    file: 'aiperf.json',
    reader: 'aiperf',
    expected: {
      ttftP50Ms: 54.2059035,
      ttftP99Ms: 139.71995209,
      itlP50Ms: 20.003424,
      itlP99Ms: 80.74037495999998,
      tpotP50Ms: 20.209806066666665,
      tpotP99Ms: 20.57776073866667,
      e2eP50Ms: 357.5167955,
      e2eP99Ms: 442.60259443999996,
      requestsPerSecond: 20.719603655489017,
      outputTokensPerSecond: 331.5136584878243,
      requests: 40,
      outputTokens: 640,
    },
  },
  {
    file: 'guidellm.json',
    reader: 'guidellm',
    expected: {
      ttftP50Ms: 60.617685317993164,
      ttftP99Ms: 108.917236328125,
      tpotP50Ms: 20.06834348042806,
      tpotP99Ms: 22.056372960408527,
      e2eP50Ms: 365.7386302947998,
      e2eP99Ms: 405.9743881225586,
      requestsPerSecond: 20.594881856751513,
      outputTokensPerSecond: 337.43921811446717,
      requests: 40,
      outputTokens: 640,
    },
  },
  {
    file: 'assay.json',
    reader: 'assay',
    expected: {
      ttftP50Ms: 52.4761065,
      ttftP99Ms: 81.73987641,
      itlP50Ms: 20.0255,
      itlP99Ms: 47.745,
      tpotP50Ms: 20.150333333333336,
      tpotP99Ms: 28.39328,
      e2eP50Ms: 113.2758375,
      e2eP99Ms: 143.07556837,
      requestsPerSecond: 140.88764383305704,
      outputTokensPerSecond: 548.2736019045473,
      requests: 400,
      outputTokens: 1600,
    },
  },
]

describe('a file that the tool wrote', () => {
  test.each(files)('$file', ({ file, reader, expected }) => {
    const recognised = recognise(fixture(file))
    expect(recognised?.reader).toBe(reader)
    expect(recognised?.figures).toEqual(expected)
  })

  test('is known by one reader only', () => {
    for (const { file, reader } of files) {
      const content = JSON.parse(fixture(file).replaceAll(': Infinity', ': null')) as Record<string, unknown>
      const known = Object.entries(readers).filter(([, { read }]) => read(content) !== undefined)
      expect(known.map(([name]) => name)).toEqual([reader])
    }
  })

  test('exists for every reader', () => {
    expect(new Set(files.map(({ reader }) => reader))).toEqual(new Set(Object.keys(readers)))
  })
})

describe('every reader', () => {
  test.each(Object.entries(readers))('%s is made of known figures and knows no other file', (_, reader) => {
    expect(reader.title).not.toBe('')
    expect(reader.read({})).toBeUndefined()
    expect(reader.read({ schema: 'assay-audit/1', metadata: [], benchmarks: 3 })).toBeUndefined()
  })

  test('leaves out what a file does not have', () => {
    const { median_itl_ms, p99_itl_ms, ...rest } = JSON.parse(fixture('vllm-bench-rust.json'))
    expect([median_itl_ms, p99_itl_ms]).not.toContain(undefined)
    const found = recognise(JSON.stringify(rest))?.figures ?? {}
    expect(Object.keys(figures).filter((name) => !(name in found))).toEqual(['itlP50Ms', 'itlP99Ms'])
  })
})

describe('text that is no single JSON object', () => {
  test('of JSON lines, the last one counts', () => {
    const line = fixture('sglang-bench-rust.jsonl').trim()
    const later = line.replace('"median_ttft_ms":50.711386499999996', '"median_ttft_ms":51')
    expect(recognise(`${line}\n${later}\n`)?.figures.ttftP50Ms).toBe(51)
  })

  test('numbers that only Python writes are no numbers, but text stays text', () => {
    const text =
      '{"model_id": "Infinity \\" NaN", "total_token_throughput": NaN, "p99_ttft_ms": -Infinity, "completed": 7}'
    expect(recognise(text)?.figures).toEqual({ requests: 7 })
  })

  test.each([['not json'], ['[1]'], ['null'], [''], ['{"a":1}']])('%j is nobody’s', (text) => {
    expect(recognise(text)).toBeUndefined()
  })
})

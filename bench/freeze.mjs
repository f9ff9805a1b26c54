// How long it takes to freeze 2,000 prompts of 1,000 tokens each, every prompt counted: English-like text, random words and
// random tokens of the vocabulary, under a Hugging Face tokenizer (GPT-2's vocabulary) and one of OpenAI's encodings, with
// one thread and with two. Best of the rounds; each in a process of its own, tokenizer loaded within the time.
//   npm run bench:freeze -- [--rounds 2] [--json FILE]
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeGpt2Tokenizer } from './lib/byte-pairs.mjs'
import { cores, pin } from './lib/machine.mjs'
import { begin } from './lib/options.mjs'
import { progress } from './lib/progress.mjs'
import { number, printTable } from './lib/table.mjs'

const { values, folder, finish } = begin('freeze', 'Freezing 2,000 prompts of 1,000 tokens', { rounds: 2 })

// Threads are to have a core each.
pin(process.pid, `${cores.server},${cores.client}`)
const gpt2 = join(folder, 'tokenizer.json')
writeGpt2Tokenizer(gpt2)
const entry = new URL('../dist/study/freeze-workloads.js', import.meta.url).href

const cases = [
  ['english', 'GPT-2, tokenizer.json', gpt2],
  ['words', 'GPT-2, tokenizer.json', gpt2],
  ['token-ids', 'GPT-2, tokenizer.json', gpt2],
  ['english', 'cl100k_base', 'tiktoken:cl100k_base'],
  ['token-ids', 'cl100k_base', 'tiktoken:cl100k_base'],
]
const results = []
for (const [style, vocabulary, tokenizer] of cases) {
  for (const threads of [1, 2]) {
    let best
    for (let round = 0; round < values.rounds; round++) {
      const run = freeze(style, tokenizer, threads)
      if (best === undefined || run.s < best.s) best = run
    }
    results.push({ style, vocabulary, threads, ...best })
    progress(
      `${style}, ${vocabulary}, ${threads} threads: ${best.s.toFixed(1)} s, ${best.sha256.slice(0, 12)}`,
    )
  }
}

printTable(
  ['style', 'vocabulary', 'threads', 's', 'tokens/s', 'not exact'],
  results.map(({ style, vocabulary, threads, s, missed }) => [
    style,
    vocabulary,
    threads,
    number(s),
    number(2e6 / s),
    missed,
  ]),
)
const differing = results.filter(
  ({ style, vocabulary, sha256 }) =>
    results.find((other) => other.style === style && other.vocabulary === vocabulary).sha256 !== sha256,
)
if (differing.length > 0) {
  console.log('FAILED: the hash depends on the threads.')
  process.exitCode = 1
}
finish({ results })

/** One freeze in a process of its own. */
function freeze(style, tokenizer, threads) {
  const spec = {
    name: 'w',
    source: {
      kind: 'synthetic',
      prompt: { kind: 'fixed', tokens: 1000 },
      output: { kind: 'fixed', tokens: 64 },
      style,
    },
    outputMode: 'exact',
    sampling: {},
    tokenizer,
    size: 2000,
  }
  const script = `
    const { freezeOne } = await import(${JSON.stringify(entry)})
    const start = process.hrtime.bigint()
    const { sha256, notices } = await freezeOne(${JSON.stringify(spec)}, 1, 2000, ${threads})
    const s = Number(process.hrtime.bigint() - start) / 1e9
    const missed = Number(/^(\\d+) of/.exec(notices.find((one) => one.includes('asked length')) ?? '0 of')[1])
    console.log(JSON.stringify({ s, sha256, missed }))`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  )
}

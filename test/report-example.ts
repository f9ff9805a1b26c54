// A report as a study would give it: two targets × two loads × two repeats, from records made by formulas and
// analysed for real. Some replies fail with texts that try to break out of a page.
import { analyze } from '../src/analyze/analyze.ts'
import { countRecords } from '../src/analyze/counts.ts'
import type { Load } from '../src/model/load.ts'
import type { RequestRecord } from '../src/model/record.ts'
import type { Report } from '../src/model/report.ts'
import type { RunData } from '../src/model/run-data.ts'
import type { Target } from '../src/model/target.ts'
import { makeRng, type Rng } from '../src/random/rng.ts'
import { failed, load, record, run, target, workload } from './builders.ts'

/** Texts that a server may send and that no renderer may pass on as markup, formula or control code. */
export const hostile = {
  markup: '</script><img src=x onerror=alert(1)>"\'& \u2028',
  formula: '=HYPERLINK("http://127.0.0.1:9/","click")',
  terminal: '\u001b[2J\u001b]0;owned\u0007 overloaded\r\n| **now** | `x`',
} as const

interface Speed {
  readonly ttftMs: number
  readonly itlMs: number
  /** Added per request in flight, as a share. */
  readonly slowdown: number
}

const speeds: Readonly<Record<string, Speed>> = {
  'vllm-fp8': { ttftMs: 42, itlMs: 9.5, slowdown: 0.03 },
  'llama.cpp-q4': { ttftMs: 118, itlMs: 14.2, slowdown: 0.05 },
}

const outputTokens = 64

/** exp(N(0, sigma)), by Box and Muller. */
function lognormal(rng: Rng, sigma: number): number {
  return Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next()))
}

function outcomeOf(index: number, name: string): Partial<RequestRecord> | undefined {
  if (name !== 'llama.cpp-q4' || index % 67 !== 50) return undefined
  const [error, message, status] = [
    ['http-status', hostile.markup, 500],
    ['http-status', hostile.terminal, 503],
    ['reset', hostile.formula, undefined],
  ][Math.floor(index / 67) % 3] as ['http-status' | 'reset', string, number | undefined]
  return { outcome: failed(error, message), ...(status === undefined ? {} : { status }) }
}

function reply(
  rng: Rng,
  speed: Speed,
  name: string,
  index: number,
  phase: number,
  sent: number,
  busy: number,
) {
  const drag = 1 + speed.slowdown * busy
  const at = [sent + speed.ttftMs * drag * lognormal(rng, 0.35)]
  for (let token = 1; token < outputTokens; token++) {
    at.push((at[token - 1] as number) + speed.itlMs * drag * lognormal(rng, 0.2))
  }
  const end = (at[at.length - 1] as number) + 0.4
  const failure = phase === 1 ? outcomeOf(index, name) : undefined
  return failure === undefined
    ? { at, end, input: 128 + rng.int(-20, 20), output: outputTokens, status: 200 }
    : { end: sent + 3, ...failure }
}

/** Users that send one request after the other, the first few for warm-up. */
function closedRecords(rng: Rng, name: string, speed: Speed, users: number, count: number): RequestRecord[] {
  const freeAt = Array.from({ length: users }, (_, user) => user * 2)
  return Array.from({ length: count }, (_, index) => {
    const user = freeAt.indexOf(Math.min(...freeAt))
    const sent = (freeAt[user] as number) + 0.2
    const phase = index < 16 ? 0 : 1
    const story = reply(rng, speed, name, index, phase, sent, users)
    freeAt[user] = story.end
    return record({ index, phase, sent, dispatched: sent - 0.05, ...story } as Parameters<typeof record>[0])
  })
}

/** Poisson arrivals that do not wait for replies. */
function openRecords(rng: Rng, name: string, speed: Speed, perSecond: number, count: number) {
  let intended = 0
  const ends: number[] = []
  return Array.from({ length: count }, (_, index) => {
    intended += (-Math.log(1 - rng.next()) * 1000) / perSecond
    const busy = ends.filter((end) => end > intended).length
    const sent = intended + 0.1 + 0.3 * rng.next()
    const phase = index < 10 ? 0 : 1
    const story = reply(rng, speed, name, index, phase, sent, busy)
    ends.push(story.end)
    return record({ index, phase, intended, dispatched: sent - 0.05, sent, ...story } as Parameters<
      typeof record
    >[0])
  })
}

const loads: readonly Load[] = [
  load({ name: 'steady', warmup: { requests: 16 } }),
  load({ name: 'arrivals', pacing: { kind: 'poisson', ratePerSecond: 8 }, until: { requests: 100 } }),
]

const targets: readonly Target[] = [
  target({ name: 'vllm-fp8', gpus: 1 }),
  target({ name: 'llama.cpp-q4', urls: ['http://127.0.0.1:8080'] }),
]

function exampleRun(of: Target, by: Load, repeat: number): RunData {
  const speed = speeds[of.name] as Speed
  const rng = makeRng(7).split(`${of.name}/${by.name}/${repeat}`)
  const isOpenLoop = by.pacing.kind === 'poisson'
  const records = isOpenLoop
    ? openRecords(rng, of.name, speed, 8, 110)
    : closedRecords(rng, of.name, speed, 8, 216)
  const id = `${of.name}--short-chat--${by.name}--${repeat}`
  const whole = run({
    id,
    cell: { target: of, workload: workload(), load: by, repeat },
    workers: 2,
    counts: countRecords(records),
    target: {
      urls: of.urls,
      model: of.gpus === undefined ? 'qwen2.5-7b-instruct-q4_k_m.gguf' : 'Qwen/Qwen2.5-7B-Instruct',
      dialect: of.dialect,
      connections: 'reuse' as const,
      engineInfo:
        of.gpus === undefined
          ? { engine: 'llama.cpp', version: 'b4719', slots: 8, flashAttention: true }
          : { engine: 'vLLM', version: '0.7.3', maxNumSeqs: 256, dtype: 'fp8' },
      notices: of.gpus === undefined ? ['simulated: timings come from a formula, not from a model'] : [],
    },
    repeatCommand: `assay run study.yaml --only '${of.name}/short-chat/${by.name}' --seed 7`,
  })
  return { run: whole, folder: `runs/${id}`, records, samples: [], health: [] }
}

const head = {
  assay: '0.1.0',
  created: '2026-01-02T03:14:15.000Z',
  study: { name: 'fp8 against q4', seed: 7, repeats: 2 },
}

function stamped(report: Report): Report {
  return {
    ...report,
    verdicts: report.runs.map(({ id, target: name }) =>
      name === 'vllm-fp8'
        ? {
            run: id,
            verdict: 'trusted',
            reasons: ['event-loop delay p99 0.4 ms, lateness p99 0.3 ms'],
            affected: { requests: 0, seconds: 0 },
          }
        : {
            run: id,
            verdict: 'degraded',
            reasons: ['the target shares this host’s cores'],
            affected: { requests: 3, seconds: 1 },
          },
    ),
    findings: [
      ...report.findings,
      {
        code: 'hostile-finding',
        severity: 'note',
        message: `The server calls itself ${hostile.markup}.`,
        advice: 'Do not believe every name.',
      },
    ],
  }
}

/** Two targets × two loads × two repeats, with failures, findings and verdicts. */
export function reportExample(): Report {
  const runs = [0, 1].flatMap((repeat) =>
    loads.flatMap((by) => targets.map((of) => exampleRun(of, by, repeat))),
  )
  return stamped(analyze(runs, head))
}

/** One cell, one repeat, as a quick run gives it. */
export function quickExample(): Report {
  const [of, by] = [targets[0] as Target, loads[0] as Load]
  return analyze([exampleRun(of, by, 0)], { ...head, study: { name: 'quick', seed: 7, repeats: 1 } })
}

/** One cell whose every request failed: no latencies, no curves of them. */
export function failedExample(): Report {
  const [of, by] = [targets[1] as Target, loads[0] as Load]
  const whole = exampleRun(of, by, 0)
  const records = whole.records.map((story) =>
    record({ index: story.index, phase: story.phase, outcome: failed('connect', hostile.markup) }),
  )
  const counted = { ...whole, run: { ...whole.run, counts: countRecords(records) }, records }
  return analyze([counted], { ...head, study: { name: 'nothing came', seed: 7, repeats: 1 } })
}

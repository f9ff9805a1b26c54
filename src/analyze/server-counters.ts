import { isCompleted } from '../metrics/instants.ts'
import { outputTokens, sourceOfCounts } from '../metrics/token-counts.ts'
import type { Finding } from '../model/finding.ts'
import type { RequestRecord } from '../model/record.ts'
import type { ServerCounter } from '../model/report.ts'
import type { RunData } from '../model/run-data.ts'

/** Token counts that are apart by more than this share (0..1) of ours differ; requests are counted exactly. */
const tolerance = 0.001

/** What a run's requests were by our count, all phases together; `undefined` where some were not counted. */
interface OwnCount {
  readonly value: number | undefined
  readonly source?: ServerCounter['source']
}

/** The server's counters of a run beside our counts; nothing for servers without a metrics page. Pure. */
export function serverCountersOf({ run, records, server }: RunData): ServerCounter[] {
  if (server === undefined) return []
  if (server.kind !== 'grown') {
    const why =
      server.kind === 'restarted'
        ? 'the server restarted during the run'
        : 'its metrics page did not answer before or after the run'
    const state = server.kind === 'restarted' ? 'restarted' : 'not-comparable'
    return [{ run: run.id, counter: 'requests-finished', state, why }]
  }
  const completed = records.filter(isCompleted)
  const input = sourceOfCounts(completed, ['input'])
  const output = sourceOfCounts(completed, ['output'])
  const requests = server.by['requests-finished']
  // Engines take each prompt of a list for a request.
  const answers = completed.reduce((sum, { asked }) => sum + (asked?.answers ?? 1), 0)
  const finished = requests === answers ? answers : completed.length
  const own: Readonly<Record<ServerCounter['counter'], OwnCount>> = {
    'requests-finished': { value: finished },
    'prompt-tokens': {
      value: sum(completed, (record) => record.inputTokens?.value),
      ...(input === undefined ? {} : { source: input }),
    },
    'generated-tokens': {
      value: sum(completed, (record) => outputTokens(record)?.value),
      ...(output === undefined ? {} : { source: output }),
    },
  }
  const unfinished = unfinishedOf(records)
  const foreign = requests === undefined ? 0 : requests - finished
  return (Object.keys(own) as ServerCounter['counter'][]).flatMap((counter): ServerCounter[] => {
    const theirs = server.by[counter]
    if (theirs === undefined) return []
    const { value: ours, source } = own[counter]
    const entry = {
      run: run.id,
      counter,
      server: theirs,
      ...(ours === undefined ? {} : { ours, difference: theirs - ours }),
      ...(source === undefined ? {} : { source }),
    }
    const why =
      unfinished > 0
        ? `${unfinished} requests failed or were cancelled, and the server may have counted a part of them`
        : ours === undefined
          ? 'not every reply has a count'
          : counter !== 'requests-finished' && foreign > 0
            ? `the server finished ${foreign} requests more than Assay sent: another client was active`
            : undefined
    if (why !== undefined) return [{ ...entry, state: 'not-comparable', why }]
    const allowed = counter === 'requests-finished' ? 0 : tolerance * (ours ?? 0)
    return [{ ...entry, state: Math.abs(theirs - (ours ?? 0)) <= allowed ? 'agrees' : 'differs' }]
  })
}

/** Requests that were sent and did not come to a whole answer. */
function unfinishedOf(records: readonly RequestRecord[]): number {
  return records.filter(({ outcome }) => outcome.kind === 'failed' || outcome.kind === 'cancelled').length
}

function sum(
  records: readonly RequestRecord[],
  countOf: (record: RequestRecord) => number | undefined,
): number | undefined {
  let total = 0
  for (const record of records) {
    const value = countOf(record)
    if (value === undefined) return undefined
    total += value
  }
  return total
}

const counterWords: Readonly<Record<ServerCounter['counter'], string>> = {
  'requests-finished': 'finished requests',
  'prompt-tokens': 'prompt tokens',
  'generated-tokens': 'generated tokens',
}

/** A finding for each run whose server counted something else than Assay, or restarted. */
export function serverCounterFindings(counters: readonly ServerCounter[]): Finding[] {
  const runs = [...new Set(counters.map(({ run }) => run))]
  return runs.flatMap((run): Finding[] => {
    const own = counters.filter((counter) => counter.run === run)
    const differing = own.filter(({ state }) => state === 'differs')
    if (own.some(({ state }) => state === 'restarted')) {
      return [
        {
          code: 'server-restarted',
          severity: 'warning',
          run,
          message: 'The server’s own counters began anew during the run: it, or a process of it, restarted.',
          advice: 'Read the log of the server, and repeat the run.',
        },
      ]
    }
    if (differing.length === 0) return []
    const said = differing.map(({ counter, ours = 0, server = 0, source }) => {
      const more = server - ours
      const by = source === undefined || source === 'usage' ? '' : ` (ours by ${source})`
      return `${server} ${counterWords[counter]}, Assay ${ours}${by}: ${Math.abs(more)} ${more > 0 ? 'more' : 'fewer'}`
    })
    return [
      {
        code: 'server-counters-differ',
        severity: 'warning',
        run,
        message: `The server’s own counters do not agree with ours over the whole run: it counted ${said.join('; ')}.`,
        advice: adviceFor(differing),
      },
    ]
  })
}

function adviceFor(differing: readonly ServerCounter[]): string {
  if (differing.some(({ counter, difference = 0 }) => counter === 'requests-finished' && difference > 0)) {
    return 'Other requests reached the server during the run, such as another client’s or a health check that generates: keep it to yourself while you measure.'
  }
  return differing.some(({ source }) => source === 'events' || source === 'approximate' || source === 'mixed')
    ? 'Our tokens are stream events or estimates here: let the server send usage, or name the tokenizer of the model.'
    : 'Find out which of the two is wrong before you trust figures per token: a proxy, a cache or several server processes may count apart.'
}

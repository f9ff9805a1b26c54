import { eventTokens, outputTokens } from '../../metrics/token-counts.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { WorkloadSpec } from '../../model/workload.ts'
import { sortSamples, valueAt } from '../../stats/samples.ts'
import { outOf, type RunCheck } from './run-check.ts'

/** The reply's length that a request asked for, when it must be met; of a request with several prompts all together. */
function exactLength({ asked }: RequestRecord, { source, outputMode }: WorkloadSpec): number | undefined {
  if (asked !== undefined) return asked.mode === 'exact' ? asked.tokens : undefined
  // Lines of a file may ask for lengths of their own.
  if (outputMode !== 'exact' || source.kind === 'jsonl') return undefined
  return source.output?.kind === 'fixed' ? source.output.tokens : undefined
}

/** Replies have another length than the workload forces: the target does less, or more, work than it seems. */
export const shortOutput: RunCheck = ({ run, completed }) => {
  const pairs = completed.flatMap((record) => {
    const asked = exactLength(record, run.cell.workload)
    const got = outputTokens(record)?.value
    return asked === undefined || got === undefined ? [] : [{ asked, got }]
  })
  const others = pairs.filter(({ asked, got }) => got !== asked).sort((a, b) => a.got - b.got)
  const typical = others[Math.floor((others.length - 1) / 2)]
  if (typical === undefined) return undefined
  const isOne = new Set(pairs.map(({ asked }) => asked)).size === 1
  const said = isOne
    ? `the ${typical.asked} output tokens asked for (typically ${typical.got})`
    : `the output tokens asked for (typically ${typical.got} of ${typical.asked})`
  return {
    code: 'short-output',
    severity: 'warning',
    message: `${outOf(others.length, completed.length)} replies do not have ${said}.`,
    advice:
      'The server may ignore ignore_eos, limit the length, or be counted by events. Compare targets only if their output lengths agree.',
  }
}

/** Replies whose counts disagree beyond this share (0..1) of all are no accident. */
const disagreeingShare = 0.01

/** A server counted fewer tokens than it sent: an event holds at least one. */
export const usageDisagrees: RunCheck = ({ completed }) => {
  const counted = completed.filter(({ outputTokens: count }) => count?.source === 'usage')
  const wrong = counted.filter((record) => eventTokens(record) > (record.outputTokens?.value ?? 0))
  const [first] = wrong
  if (first === undefined || wrong.length <= disagreeingShare * counted.length) return undefined
  return {
    code: 'usage-disagrees',
    severity: 'warning',
    message: `In ${outOf(wrong.length, counted.length)} replies the server counts fewer output tokens than came as events: request ${first.index} has ${first.outputTokens?.value} by usage and ${eventTokens(first)} in its events.`,
    advice:
      'Keep the replies (capture: raw) and look at one: either the counts of the server are wrong, or it cuts tokens into several events.',
  }
}

/** From this many more prompt tokens than were sent on it is no BOS: a template was put around them. */
const templateTokens = 3

/** The server counted more prompt tokens than were sent, by much the same number each time. */
export const templateApplied: RunCheck = ({ completed }) => {
  const more = completed.flatMap(({ asked, inputTokens }) =>
    asked?.inputTokens === undefined || inputTokens?.source !== 'usage'
      ? []
      : [(inputTokens.value - asked.inputTokens) / asked.answers],
  )
  const sorted = sortSamples(Float64Array.from(more))
  if (sorted === undefined) return undefined
  const least = valueAt(sorted, 0)
  const typical = valueAt(sorted, Math.floor((sorted.length - 1) / 2))
  if (least < templateTokens) return undefined
  return {
    code: 'template-applied',
    severity: 'note',
    message: `The server counted at least ${Math.floor(least)} prompt tokens more than were sent with each of ${more.length} prompts (typically ${Math.round(typical)}): it puts its chat template, and maybe a system prompt, around them.`,
    advice:
      'What prompts then share at their beginning can come from a prefix cache. For equal inputs use promptMode: templated with a completions endpoint, or token-ids.',
  }
}

/** Output tokens were counted as stream events or estimated. */
export const tokenSource: RunCheck = ({ completed }) => {
  const weak = completed.filter((record) => {
    const source = outputTokens(record)?.source
    return source === 'events' || source === 'approximate'
  }).length
  if (weak === 0) return undefined
  return {
    code: 'token-source',
    severity: 'warning',
    message: `The output tokens of ${outOf(weak, completed.length)} replies are counted by stream events or estimated, because the server sent no usage: an event may carry several tokens, and then speeds are too low.`,
    advice: 'Let the server send usage, or name the tokenizer of the model in the target.',
  }
}

/** Nobody counted the tokens of some replies. */
export const missingTokenCounts: RunCheck = ({ completed }) => {
  const output = completed.filter((record) => outputTokens(record) === undefined).length
  const input = completed.filter((record) => record.inputTokens === undefined).length
  if (output === 0 && input === 0) return undefined
  return {
    code: 'missing-token-counts',
    severity: 'note',
    message: `Of ${completed.length} completed requests, ${input} have no input tokens and ${output} no output tokens by anyone's count; figures per token leave them out.`,
    advice: 'Let the server send usage, or name the tokenizer of the model in the target.',
  }
}

/** More requests were sent than the workload holds. */
export const workloadRepeated: RunCheck = ({ run, records }) => {
  const { count } = run.workload
  const sent = records.filter((record) => record.sentNs !== undefined).length
  if (sent <= count) return undefined
  return {
    code: 'workload-repeated',
    severity: 'warning',
    message: `${sent} requests were sent from a workload of ${count}: prompts repeat, and a prefix cache may serve them faster than new ones.`,
    advice:
      run.cell.workload.source.kind === 'synthetic'
        ? `Freeze at least ${sent} requests (size of the workload), or turn the prefix cache off.`
        : `Give the workload at least ${sent} requests, or turn the prefix cache off.`,
  }
}

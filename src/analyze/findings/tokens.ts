import { outputTokens } from '../../metrics/token-counts.ts'
import type { WorkloadSpec } from '../../model/workload.ts'
import { sortSamples, valueAt } from '../../stats/samples.ts'
import { outOf, type RunCheck } from './run-check.ts'

/** The reply length every request asked for, when it is one number that must be met. */
function exactLength({ source, outputMode }: WorkloadSpec): number | undefined {
  // Lines of a file may ask for lengths of their own.
  if (outputMode !== 'exact' || source.kind === 'jsonl') return undefined
  return source.output?.kind === 'fixed' ? source.output.tokens : undefined
}

/** Replies have another length than the workload forces: the target does less, or more, work than it seems. */
export const shortOutput: RunCheck = ({ run, completed }) => {
  const asked = exactLength(run.cell.workload)
  if (asked === undefined) return undefined
  const lengths = completed.flatMap((record) => outputTokens(record)?.value ?? [])
  const others = sortSamples(Float64Array.from(lengths.filter((length) => length !== asked)))
  if (others === undefined) return undefined
  const typical = valueAt(others, Math.floor((others.length - 1) / 2))
  return {
    code: 'short-output',
    severity: 'warning',
    message: `${outOf(others.length, completed.length)} replies do not have the ${asked} output tokens asked for (typically ${typical}).`,
    advice:
      'The server may ignore ignore_eos, limit the length, or be counted by events. Compare targets only if their output lengths agree.',
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

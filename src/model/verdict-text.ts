import { percent } from './significant.ts'
import type { Verdict } from './verdict.ts'

/** What a stamp states in numbers, of one run or of the worst of several. */
export type StampFacts = Pick<Verdict, 'error' | 'usefulCpuShare' | 'affected'>

function milliseconds(ms: number): string {
  const size = Math.abs(ms)
  return `${size >= 100 ? size.toFixed(0) : size >= 0.1 ? size.toFixed(1) : size.toFixed(2)} ms`
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${milliseconds(ms)}`
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0
    ? undefined
    : known.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most))
}

function errorText(error: StampFacts['error']): string {
  const p99Ms = largest([error?.ttftP99Ms, error?.eventP99Ms])
  const parts = [
    ...(error?.ttftBiasMs === undefined ? [] : [`TTFT ${signed(error.ttftBiasMs)}`]),
    ...(p99Ms === undefined ? [] : [`p99 of the client's own error ${milliseconds(p99Ms)}`]),
  ]
  return parts.length === 0 ? "client's own error not measured" : parts.join(', ')
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/**
 * How far the numbers can be trusted, in numbers:
 * "TTFT +0.3 ms, p99 of the client's own error 0.9 ms; client used 41 % of its cores".
 */
export function stampNumbers({ error, usefulCpuShare, affected }: StampFacts): string {
  const { requests, seconds } = affected
  return [
    errorText(error),
    ...(usefulCpuShare === undefined ? [] : [`client used ${percent(usefulCpuShare)} of its cores`]),
    ...(seconds === 0
      ? []
      : [`${counted(requests, 'request')} touched in ${counted(seconds, 'unhealthy second')}`]),
  ].join('; ')
}

/** The stamp in one line: "trusted: TTFT +0.3 ms, …". */
export function stampText(verdict: Verdict): string {
  return `${verdict.verdict}: ${stampNumbers(verdict)}`
}

/** The worst of each number over several runs; what was touched adds up. */
export function worstFacts(verdicts: readonly StampFacts[]): StampFacts {
  const worst = (value: (facts: StampFacts) => number | undefined) => largest(verdicts.map(value))
  const ttftBiasMs = worst(({ error }) => error?.ttftBiasMs)
  const ttftP99Ms = worst(({ error }) => error?.ttftP99Ms)
  const eventP99Ms = worst(({ error }) => error?.eventP99Ms)
  const usefulCpuShare = worst((facts) => facts.usefulCpuShare)
  const sum = (value: (facts: StampFacts) => number) =>
    verdicts.reduce((total, facts) => total + value(facts), 0)
  return {
    error: {
      ...(ttftBiasMs === undefined ? {} : { ttftBiasMs }),
      ...(ttftP99Ms === undefined ? {} : { ttftP99Ms }),
      ...(eventP99Ms === undefined ? {} : { eventP99Ms }),
    },
    ...(usefulCpuShare === undefined ? {} : { usefulCpuShare }),
    affected: {
      requests: sum(({ affected }) => affected.requests),
      seconds: Math.round(sum(({ affected }) => affected.seconds) * 10) / 10,
    },
  }
}

import type { ErrorSummary } from '../../model/calibration.ts'
import { percent, type RunCheck, type RunView } from './run-check.ts'
import { typicalItlMs, typicalTtftMs } from './typical.ts'

/** Errors up to this (ms) are accepted whatever is measured. */
const acceptedMs = 1

/** An error above this share (0..1) of the typical TTFT is a doubt. */
const ttftShare = 0.05

/** Gaps are short and their errors cancel over a reply: what is spoilt is the tail of ITL, not its middle. */
const itlShare = 0.2

/** From this share (0..1) of the typical TTFT on, error and value are of one size: what is printed is the client. */
const boundShare = 0.5

/** Nothing says how far the client's own stamps are off. */
export const notCalibrated: RunCheck = ({ calibration }) => {
  if (calibration?.ttft !== undefined || calibration?.event !== undefined) return undefined
  return {
    code: 'not-calibrated',
    severity: 'note',
    message:
      "The client's own error was not measured: the run was not calibrated (--calibrate skip, or nothing came of it).",
    advice: 'Run with calibration, which is the default, before small differences matter.',
  }
}

/** Stamps are not known to less than a hundredth of a millisecond. */
function milliseconds(ms: number): string {
  return `${Number(ms.toFixed(Math.abs(ms) < 10 ? 2 : 1))} ms`
}

interface Doubt {
  readonly text: string
  readonly isBound: boolean
}

/** The p99 of fewer errors than this is hardly more than the largest of them, and says little about the next run. */
const leastForP99 = 100

/** An error held against the typical value of what it spoils. */
function judge(
  name: 'TTFT' | 'ITL',
  error: ErrorSummary | undefined,
  typicalMs: number | undefined,
  share: number,
): Doubt[] {
  if (error === undefined || typicalMs === undefined || typicalMs <= 0) return []
  const tailMs = error.n < leastForP99 ? 0 : Math.abs(error.p99Ms)
  const worstMs = Math.max(Math.abs(error.biasMs), tailMs)
  if (worstMs <= acceptedMs || worstMs <= share * typicalMs) return []
  return [
    {
      text: `${name} is off by ${milliseconds(error.biasMs)} on average and ${milliseconds(error.p99Ms)} at p99, ${percent(worstMs / typicalMs)} of its median of ${milliseconds(typicalMs)}`,
      isBound: name === 'TTFT' && worstMs >= boundShare * typicalMs,
    },
  ]
}

function doubtsOf({ calibration, completed }: RunView): Doubt[] {
  if (calibration === undefined) return []
  const { ttft, itl } = calibration
  return [
    ...(ttft === undefined ? [] : judge('TTFT', ttft, typicalTtftMs(completed), ttftShare)),
    ...(itl === undefined ? [] : judge('ITL', itl, typicalItlMs(completed), itlShare)),
  ]
}

/** The measured error of the client is large beside what was measured. */
export const calibrationError: RunCheck = (view) => {
  const doubts = doubtsOf(view)
  if (doubts.length === 0 || view.calibration === undefined) return undefined
  const { cached, createdAt } = view.calibration
  const taken = cached ? ` (kept from ${createdAt.slice(0, 16).replace('T', ' ')} UTC)` : ''
  return {
    code: 'calibration-error',
    severity: doubts.some(({ isBound }) => isBound) ? 'invalid' : 'warning',
    message: `By calibration of this client under this load${taken}, ${doubts.map(({ text }) => text).join('; ')}.`,
    advice:
      'Use more workers or a lower load, keep the target off the cores of the client, or measure from a larger machine.',
  }
}

import type { Progress } from '../model/progress.ts'
import { clockText, countItems, glance, paceOf } from './progress-pace.ts'

/** Plain lines come at least this far apart … */
const leastGapS = 5
/** … once another tenth is done, or after this long. */
const mostGapS = 30
const shareStep = 0.1

/** When the last plain line of a run was written, and how far the run was. */
export interface LastLine {
  readonly elapsedS: number
  readonly share?: number
}

/** Whether a log without cursor wants another line about a run. */
export function isLineDue(progress: Progress, last: LastLine): boolean {
  const since = progress.elapsedS - last.elapsedS
  if (since < leastGapS) return false
  const { share } = paceOf(progress)
  return share === undefined || since >= mostGapS || share - (last.share ?? 0) >= shareStep
}

/** One line of text about a running load: `measure 52 %: sent 120, in flight 8 …`. */
export function progressLine(progress: Progress): string {
  const { share, leftS } = paceOf(progress)
  const percent = share === undefined ? '' : ` ${Math.floor(share * 100)} %`
  const counts = countItems(progress).map(({ label, n }) => `${label} ${n}`)
  const rates = [
    ...rate(progress.requestsPerSecond, (text) => `${text} req/s`),
    ...rate(progress.outputTokensPerSecond, (text) => `${text} tok/s`),
    ...rate(progress.ttftMs, (text) => `TTFT ${text} ms`),
    ...rate(progress.itlMs, (text) => `ITL ${text} ms`),
  ]
  const left = leftS === undefined ? [] : [`about ${clockText(leftS)} left`]
  const parts = [counts, rates, [`${clockText(progress.elapsedS)} elapsed`, ...left]]
  const text = parts.filter((part) => part.length > 0).map((part) => part.join(', '))
  return `${progress.stage}${percent}: ${text.join('; ')}`
}

/** What became of a run's requests, once it is over. */
export function endLine(progress: Progress): string {
  const outcomes = countItems(progress).filter(
    ({ label, n }) => label !== 'sent' && (label !== 'in flight' || n > 0),
  )
  return `${outcomes.map(({ label, n }) => `${n.toLocaleString('en')} ${label}`).join(', ')} in ${spanText(progress.elapsedS)}`
}

function spanText(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : clockText(seconds)
}

function rate(value: number | undefined, text: (glanced: string) => string): string[] {
  return value === undefined ? [] : [text(glance(value))]
}

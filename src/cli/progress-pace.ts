import type { Progress } from '../model/progress.ts'

/** How far a load is. Shares are 0..1, times in seconds; absent where nothing says. */
export interface Pace {
  readonly share?: number
  readonly leftS?: number
}

/**
 * Share done and time left of a load, by its time or by its count of requests; where it has both, by whichever ends
 * first. The rate behind a count is that of the whole load so far.
 */
export function paceOf(progress: Progress): Pace {
  const { durationS, measuredS, planned, elapsedS } = progress
  const finished = progress.completed + progress.failed + progress.cancelled + progress.dropped
  const byTime: Pace =
    durationS === undefined || measuredS === undefined
      ? {}
      : { share: clamp(measuredS / durationS), leftS: Math.max(0, durationS - measuredS) }
  if (planned === undefined) return byTime
  const byCount: Pace = {
    share: clamp(finished / planned),
    ...(finished === 0 ? {} : { leftS: (Math.max(0, planned - finished) / finished) * elapsedS }),
  }
  return (byTime.share ?? -1) > (byCount.share ?? -1) ? byTime : byCount
}

/** Seconds as `0:07`, `12:30` or `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** Three significant digits for a glance; a dash when there is nothing. */
export function glance(value: number | undefined): string {
  if (value === undefined) return '–'
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return digits === 0 ? Math.round(value).toLocaleString('en') : value.toFixed(digits)
}

/** Counts of requests by outcome; the rare ones only once they happen. */
export function countItems(progress: Progress): readonly { readonly label: string; readonly n: number }[] {
  const rare = (label: string, n: number) => (n > 0 ? [{ label, n }] : [])
  return [
    { label: 'sent', n: progress.sent },
    { label: 'in flight', n: progress.inFlight },
    { label: 'done', n: progress.completed },
    { label: 'failed', n: progress.failed },
    ...rare('cancelled', progress.cancelled),
    ...rare('dropped', progress.dropped),
  ]
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

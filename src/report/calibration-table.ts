import type { Calibration, SafeLoad } from '../model/calibration.ts'
import { significant, wholeNumber } from '../model/significant.ts'
import type { Colours } from './colours.ts'
import { padTo } from './terminal-text.ts'

const columns = [
  { head: 'streams', width: 8, of: ({ peakStreams }: Calibration) => wholeNumber(peakStreams) },
  { head: 'events/s', width: 10, of: ({ eventsPerSecond }: Calibration) => wholeNumber(eventsPerSecond) },
  { head: 'TTFT mean', width: 11, of: ({ ttft }: Calibration) => signed(ttft?.biasMs) },
  { head: 'p99', width: 8, of: ({ ttft }: Calibration) => signed(ttft?.p99Ms) },
  { head: 'event p50', width: 11, of: ({ event }: Calibration) => signed(event?.p50Ms) },
  { head: 'p99', width: 8, of: ({ event }: Calibration) => signed(event?.p99Ms) },
  { head: 'late p99', width: 10, of: ({ lateness }: Calibration) => signed(lateness?.p99Ms) },
  {
    head: 'server p99',
    width: 12,
    of: ({ serverLatenessP99Ms }: Calibration) => signed(serverLatenessP99Ms),
  },
] as const

/** What the columns of a calibration mean, for those who read it the first time. */
export const calibrationLegend =
  "Errors in ms: what Assay says less what the reference server wrote, its own clock reading right before each write. late: sent after the planned instant. server: the reference server's own lateness."

/** The heading of a table of calibrations. */
export function calibrationHead(colours: Colours): string {
  return colours.dim(columns.map(({ head, width }) => padTo(head, width, 'start')).join(''))
}

/** One calibration as a line under that heading. */
export function calibrationRow(calibration: Calibration): string {
  return columns.map(({ width, of }) => padTo(of(calibration), width, 'start')).join('')
}

/** "800 streams, 38,912 events/s" with the limit they were held to. */
export function safeText({ streams, eventsPerSecond, limitMs }: SafeLoad): string {
  return `${wholeNumber(streams)} streams and ${wholeNumber(eventsPerSecond)} events/s with 99 % of event stamps within ${significant(limitMs)} ms`
}

function signed(value: number | undefined): string {
  if (value === undefined) return '–'
  const text = Math.abs(value) < 0.0005 ? '0.000' : Math.abs(value) < 10 ? value.toFixed(3) : value.toFixed(1)
  return value > 0 ? `+${text}` : text
}

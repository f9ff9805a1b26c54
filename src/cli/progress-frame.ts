import picocolors from 'picocolors'
import type { Progress } from '../model/progress.ts'
import { columnsOf, cutTo } from '../report/terminal-text.ts'
import { clockText, countItems, glance, paceOf } from './progress-pace.ts'

/** A run in the live view. */
export interface RunningView {
  /** From 1. */
  readonly position: number
  readonly total: number
  /** "target / workload / load"; printable. */
  readonly name: string
  /** How long requests in flight may go on after the last send. */
  readonly drainS: number
  readonly progress: Progress
  /** Output tokens per second over time, oldest first; absent where nothing came. */
  readonly tokensPerSecond: readonly (number | undefined)[]
}

type Colours = ReturnType<typeof picocolors.createColors>

/** A text that is never split, and how it is painted. Painting must not change its width. */
interface Item {
  readonly text: string
  readonly paint?: (text: string) => string
}

const barColumns = { min: 6, max: 30 } as const
const gap = '   '
const blocks = '▁▂▃▄▅▆▇█'

/** The lines of one frame, each at most `width` columns. */
export function renderFrame(
  run: RunningView,
  width: number,
  colours = picocolors.createColors(false),
): string[] {
  const { progress } = run
  const bold = { paint: colours.bold }
  return [
    ...flow([{ text: `run ${run.position}/${run.total}`, ...bold }, { text: run.name }], width, '  '),
    ...phaseLine(run, width, colours),
    ...flow(
      countItems(progress).map(({ label, n }) => ({
        text: `${label} ${n.toLocaleString('en')}`,
        ...(label === 'failed' && n > 0 ? { paint: colours.red } : {}),
        ...(label === 'cancelled' || label === 'dropped' ? { paint: colours.yellow } : {}),
      })),
      width,
    ),
    ...flow(
      [
        { text: 'now', paint: colours.dim },
        { text: `${glance(progress.requestsPerSecond)} req/s` },
        { text: `${glance(progress.outputTokensPerSecond)} tok/s` },
        { text: `TTFT ${milliseconds(progress.ttftMs)}` },
        { text: `ITL ${milliseconds(progress.itlMs)}` },
      ],
      width,
    ),
    ...sparkLine(run.tokensPerSecond, width, colours),
  ]
}

function phaseLine({ progress, drainS }: RunningView, width: number, colours: Colours): string[] {
  const elapsed = { text: `${clockText(progress.elapsedS)} elapsed` }
  const stage = { text: progress.stage.padEnd(7), paint: colours.cyan }
  if (progress.stage === 'drain') {
    const wait = `waiting for ${progress.inFlight.toLocaleString('en')} in flight, ${drainS} s at most`
    return flow([stage, elapsed, { text: wait }], width)
  }
  const { share, leftS } = paceOf(progress)
  const left = leftS === undefined ? [] : [{ text: `about ${clockText(leftS)} left` }]
  if (share === undefined) return flow([stage, elapsed, ...left], width)
  const percent = { text: `${String(Math.floor(share * 100)).padStart(3)} %` }
  const others = [stage, percent, elapsed, ...left]
  const used = others.reduce((sum, { text }) => sum + text.length + gap.length, 0)
  const columns = Math.min(barColumns.max, width - used)
  const bar = columns < barColumns.min ? [] : [{ text: barText(share, columns), paint: colours.green }]
  return flow([stage, ...bar, percent, elapsed, ...left], width)
}

function barText(share: number, columns: number): string {
  const full = Math.floor(share * columns)
  return '█'.repeat(full) + '░'.repeat(columns - full)
}

function sparkLine(values: readonly (number | undefined)[], width: number, colours: Colours): string[] {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return []
  const label = 'tok/s'
  const top = Math.max(...known)
  const peak = `peak ${glance(top)}`
  const room = width - label.length - gap.length - (peak.length + gap.length)
  if (room < 1) return []
  const shown = values.slice(-room)
  const line = shown.map((value) => (value === undefined ? ' ' : blockFor(value, top))).join('')
  return flow(
    [{ text: label, paint: colours.dim }, { text: line }, { text: peak, paint: colours.dim }],
    width,
  )
}

function blockFor(value: number, top: number): string {
  if (top <= 0) return blocks[0] ?? ''
  return blocks[Math.min(blocks.length - 1, Math.floor((value / top) * blocks.length))] ?? ''
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : `${glance(value)} ms`
}

/** Packs items into lines of at most `width` columns; an item that is wider by itself is cut. */
function flow(items: readonly Item[], width: number, between = gap): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const { text, paint = (plain: string) => plain } of items) {
    const fits = used + between.length + columnsOf(text) <= width
    if (used > 0 && fits) {
      line += between + paint(text)
      used += between.length + columnsOf(text)
      continue
    }
    if (used > 0) lines.push(line)
    const cut = cutTo(text, width)
    line = paint(cut)
    used = columnsOf(cut)
  }
  return used > 0 ? [...lines, line] : lines
}

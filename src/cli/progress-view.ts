import picocolors from 'picocolors'
import type { Clock } from '../model/clock.ts'
import type { StudyObserver } from '../model/progress.ts'
import { cutTo, printable, wrapped } from '../report/terminal-text.ts'
import { type RunningView, renderFrame } from './progress-frame.ts'
import { endLine, isLineDue, type LastLine, progressLine } from './progress-lines.ts'
import { clockText, paceOf } from './progress-pace.ts'
import { Screen } from './screen.ts'
import type { Terminal } from './terminal.ts'

/** The load has the cores: 8 frames a second are enough to the eye. */
const frameMs = 125
const lineMs = 1000
/** One column of the sparkline. */
const sparkS = 0.5
const sparkColumns = 120
/** A run's name is never cut below this. */
const leastName = 12
const NS_PER_S = 1e9

type StartedRun = Parameters<StudyObserver['runStarted']>[0]

/** A study as seen on stderr. */
export interface ProgressView extends StudyObserver {
  /** How long the running load may drain; absent when none is running. */
  drainS(): number | undefined
  /** Leaves the terminal as it was; may be called again. */
  close(): void
}

/** Draws over itself on a terminal, else writes a line now and then; `quiet` shows notices only. */
export function makeProgressView(terminal: Terminal, clock: Clock, quiet: boolean): ProgressView {
  if (quiet) return quietView(terminal)
  return terminal.live ? liveView(terminal, clock) : lineView(terminal)
}

function nameOf({ cell }: StartedRun): string {
  return printable([cell.target.name, cell.workload.name, cell.load.name].join(' / '))
}

function quietView(terminal: Terminal): ProgressView {
  let running: StartedRun | undefined
  return {
    step() {},
    runStarted(run) {
      running = run
    },
    runEnded() {
      running = undefined
    },
    notice: (message) => terminal.err(`${printable(message)}\n`),
    drainS: () => running?.cell.load.drainS,
    close() {},
  }
}

function lineView(terminal: Terminal): ProgressView {
  let running: StartedRun | undefined
  let last: LastLine = { elapsedS: 0 }
  let timer: NodeJS.Timeout | undefined
  const say = (message: string) => terminal.err(`assay: ${message}\n`)
  const where = (run: StartedRun) => `run ${run.position}/${run.total}`
  const close = () => {
    clearInterval(timer)
    running = undefined
  }
  return {
    step: (message) => say(printable(message)),
    runStarted(run) {
      running = run
      last = { elapsedS: 0 }
      say(`${where(run)} started: ${nameOf(run)}`)
      timer = setInterval(() => {
        const progress = run.progress()
        if (!isLineDue(progress, last)) return
        last = { elapsedS: progress.elapsedS, ...paceOf(progress) }
        say(`${where(run)} ${progressLine(progress)}`)
      }, lineMs)
      timer.unref()
    },
    runEnded() {
      if (running !== undefined) say(`${where(running)} ended: ${endLine(running.progress())}`)
      close()
    },
    notice: (message) => say(printable(message)),
    drainS: () => running?.cell.load.drainS,
    close,
  }
}

function liveView(terminal: Terminal, clock: Clock): ProgressView {
  const colours = picocolors.createColors(terminal.errColours)
  const screen = new Screen(terminal)
  let running: StartedRun | undefined
  let step: { readonly message: string; readonly sinceNs: number } | undefined
  let spark: (number | undefined)[] = []
  let sparkEnd = 0
  let timer: NodeJS.Timeout | undefined

  // One column is left free: some terminals wrap when the last one is written.
  const width = () => Math.max(1, terminal.size().columns - 1)
  const frame = (): string[] => {
    if (running !== undefined) return renderFrame(viewOf(running), width(), colours)
    if (step === undefined) return []
    const seconds = (clock.now() - step.sinceNs) / NS_PER_S
    const text = `… ${step.message}${seconds < 1 ? '' : ` (${clockText(seconds)})`}`
    return [colours.dim(cutTo(text, width()))]
  }
  const viewOf = (run: StartedRun): RunningView => {
    const progress = run.progress()
    // The same instants whatever the frame rate: column k stands for k × sparkS.
    const column = Math.floor(progress.elapsedS / sparkS)
    const fresh = Math.min(column - sparkEnd, sparkColumns)
    for (let i = 0; i < fresh; i++) spark.push(progress.outputTokensPerSecond)
    sparkEnd = column
    spark = spark.slice(-sparkColumns)
    return {
      position: run.position,
      total: run.total,
      name: nameOf(run),
      drainS: run.cell.load.drainS,
      progress,
      tokensPerSecond: spark,
    }
  }
  const draw = () => screen.draw(frame())
  const keepDrawing = () => {
    timer ??= setInterval(draw, frameMs).unref()
    draw()
  }
  const close = () => {
    clearInterval(timer)
    timer = undefined
    process.off('exit', close)
    screen.close()
  }
  // Also when an exception or a third Ctrl-C ends the process.
  process.on('exit', close)
  return {
    step(message) {
      step = { message: printable(message), sinceNs: clock.now() }
      keepDrawing()
    },
    runStarted(run) {
      running = run
      spark = []
      sparkEnd = 0
      keepDrawing()
    },
    runEnded() {
      if (running === undefined) return
      const progress = running.progress()
      const mark = progress.failed > 0 ? colours.yellow('!') : colours.green('✓')
      const position = `run ${running.position}/${running.total}`
      const end = endLine(progress)
      // What happened matters more than the end of a long name.
      const room = width() - `${position}  : ${end}`.length - 2
      screen.print(`${mark} ${position}  ${cutTo(nameOf(running), Math.max(leastName, room))}: ${end}`)
      running = undefined
      step = undefined
    },
    notice(message) {
      screen.print(wrapped(printable(message), width()).map(colours.yellow).join('\n'))
      if (timer !== undefined) draw()
    },
    drainS: () => running?.cell.load.drainS,
    close,
  }
}

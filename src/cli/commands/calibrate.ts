import { Option } from 'commander'
import { dialectNames } from '../../model/dialect.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { AddCommand, CliContext } from '../context.ts'
import { withExamples } from '../examples.ts'
import { numberValue } from '../flag-values.ts'

interface CalibrateOptions {
  readonly dialect: string
  readonly quickly?: true
  readonly ttft: number
  readonly itl: number
  readonly limit: number
  readonly json?: true
}

/** `assay calibrate`: the client's own error, measured. */
export const addCalibrate: AddCommand = (program, context) => {
  const command = program
    .command('calibrate')
    .summary("measure Assay's own error on this host")
    .description(
      'Measures Assay against its reference server, whose log says when each token was written. Without a folder: more and ' +
        'more streams, until the error is over the limit. With one: the timeline that each of its runs recorded is played ' +
        'back, and what is found is kept with the run.',
    )
    .argument('[run]', 'run folder or study folder')
    .option('--quickly', 'with a folder: as after a run, up to 5 s each, or from the cache')
    .addOption(
      new Option('--ttft <ms>', 'without a folder: time to the first token')
        .argParser(numberValue)
        .default(50),
    )
    .addOption(
      new Option('--itl <ms>', 'without a folder: time between tokens').argParser(numberValue).default(20),
    )
    .addOption(
      new Option('--dialect <name>', 'without a folder: what is spoken, and with that the transport')
        .choices(dialectNames.filter((name) => name !== 'custom'))
        .default('openai-chat'),
    )
    .addOption(
      new Option('--limit <ms>', 'the largest error at p99 that is safe').argParser(numberValue).default(1),
    )
    .option('--json', 'print what was found as JSON')
  withExamples(command, [
    { run: 'assay calibrate', what: 'how much this host can measure to 1 ms; about half a minute' },
    { run: 'assay calibrate --dialect kserve-grpc', what: 'the same over gRPC' },
    { run: 'assay calibrate assay-results/2026-11-23T10-15-02-embedded', what: 'a finished run' },
  ])
  command.action(async (folder: string | undefined, options: CalibrateOptions) => {
    if (!(options.limit > 0)) {
      throw new AssayError('bad-flag', `--limit is ${options.limit}.`, {
        hint: 'Give a number of milliseconds above 0.',
        exitCode: exitCodes.usage,
      })
    }
    if (folder === undefined) await sweepHost(options, context)
    else await calibrateFolder(folder, options, context)
  })
}

async function sweepHost(options: CalibrateOptions, { terminal, exitWith }: CliContext): Promise<void> {
  const [{ sweep }, { Stopping }, { watchInterrupts }, table, { makeColours }] = await Promise.all([
    import('../../study/calibration/sweep.ts'),
    import('../../study/stopping.ts'),
    import('../interrupts.ts'),
    import('../../report/calibration-table.ts'),
    import('../../report/colours.ts'),
  ])
  const stopping = new Stopping()
  const say = (message: string) => terminal.err(`${message}\n`)
  const interrupts = watchInterrupts({ signals: process, say, drainS: () => undefined })
  interrupts.follow(stopping)
  const colours = makeColours(terminal.outColours)
  const { dialect, ttft: ttftMs, itl: itlMs, limit: limitMs, json } = options
  const show = (line: string) => (json === true ? undefined : terminal.out(`${line}\n`))
  show(`Replies are simulated: first token after ${ttftMs} ms, one each ${itlMs} ms.`)
  show(table.calibrationHead(colours))
  const observer = { step() {}, runStarted() {}, runEnded() {}, notice: say }
  try {
    const onStep = (step: Parameters<typeof table.calibrationRow>[0]) => show(table.calibrationRow(step))
    const result = await sweep({ dialect, ttftMs, itlMs, limitMs, observer, stopping, onStep })
    if (json === true) {
      terminal.out(`${JSON.stringify(result, null, 2)}\n`)
    } else {
      const { safe } = result
      show('')
      show(
        safe === undefined
          ? `No load tried is safe: the first step is over ${limitMs} ms.`
          : `Safe on this host: ${table.safeText(safe)}.`,
      )
      show(ends[result.end])
      show(colours.dim(table.calibrationLegend))
    }
    if (result.end === 'interrupted') exitWith(exitCodes.interrupted)
  } finally {
    interrupts.close()
  }
}

const ends = {
  client: "Beyond it the client's own error is over the limit.",
  server:
    'Beyond it the reference server itself is late: it shares these cores, and a client alone may do better.',
  most: 'It is the most that was tried.',
  interrupted: 'Stopped early.',
} as const

async function calibrateFolder(
  folder: string,
  { quickly, json }: CalibrateOptions,
  { terminal, exitWith }: CliContext,
): Promise<void> {
  const [{ recalibrate }, { Stopping }, { watchInterrupts }, { rebuildReport }, table, { makeColours }] =
    await Promise.all([
      import('../../study/calibration/recalibrate.ts'),
      import('../../study/stopping.ts'),
      import('../interrupts.ts'),
      import('../../study/rebuild-report.ts'),
      import('../../report/calibration-table.ts'),
      import('../../report/colours.ts'),
    ])
  const stopping = new Stopping()
  const say = (message: string) => terminal.err(`${message}\n`)
  const interrupts = watchInterrupts({ signals: process, say, drainS: () => undefined })
  interrupts.follow(stopping)
  const colours = makeColours(terminal.outColours)
  try {
    const mode = quickly === true ? 'auto' : 'full'
    const found = []
    for await (const one of recalibrate({ folder, mode, stopping, step: say })) found.push(one)
    await rebuildReport(folder)
    if (json === true) {
      const data = found.map(({ run, calibration }) => ({ run: run.id, calibration }))
      terminal.out(`${JSON.stringify(data, null, 2)}\n`)
    } else {
      terminal.out(`${table.calibrationHead(colours)}\n`)
      for (const { run, calibration } of found) {
        const line = calibration === undefined ? 'no reply to play back' : table.calibrationRow(calibration)
        terminal.out(`${run.id}\n${line}\n`)
      }
      terminal.out(`${colours.dim(table.calibrationLegend)}\n`)
    }
    if (stopping.stopped) exitWith(exitCodes.interrupted)
  } finally {
    interrupts.close()
  }
}

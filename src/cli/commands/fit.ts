import { InvalidArgumentError, Option } from 'commander'
import type { FitQuestion } from '../../engines/fit/fit.ts'
import {
  type KvType,
  kvTypes,
  type NumberType,
  numberTypes,
  type QuantisationName,
  quantisations,
} from '../../engines/fit/number-types.ts'
import type { AddCommand } from '../context.ts'
import { withExamples } from '../examples.ts'
import { numberValue, wholeNumber } from '../flag-values.ts'

interface FitFlags {
  readonly model: string
  readonly gpus: string
  readonly dtype: NumberType
  readonly quantisation?: QuantisationName | 'none'
  readonly kvDtype?: KvType
  readonly context?: number
  readonly memoryFraction: number
  readonly overhead: number
  readonly json?: true
}

/** A request that says nothing of its length is taken to be this long, or as long as the model allows. */
const usualContext = 4096

/** `assay fit`: whether a model fits on GPUs, and what is left for requests. */
export const addFit: AddCommand = (program, { terminal }) => {
  const command = program
    .command('fit')
    .summary('does a model fit on these GPUs, in which splits, for how many requests')
    .description(
      'Computes the memory of weights and KV cache on each GPU for every split into tensor-parallel, pipeline-parallel and ' +
        'replicas: what fits, how many tokens of KV cache are left, and how many requests that is. Nothing is started; the ' +
        'formulas are in docs/fit.md.',
    )
    .requiredOption(
      '--model <name>',
      'name in the table, or path of a config.json, its folder, or a GGUF file',
    )
    .requiredOption('--gpus <set>', 'number and kind, such as 8xA100-80GB, or number and GiB of each: 4x48')
    .addOption(
      new Option('--dtype <type>', 'number type of the weights')
        .choices(Object.keys(numberTypes))
        .default('fp16'),
    )
    .addOption(
      new Option(
        '--quantisation <name>',
        'how the weights are quantised (default: as the config.json says)',
      ).choices(['none', ...Object.keys(quantisations)]),
    )
    .addOption(
      new Option('--kv-dtype <type>', 'number type of the KV cache (default: that of the weights)').choices(
        Object.keys(kvTypes),
      ),
    )
    .addOption(
      new Option(
        '--context <n>',
        `prompt and output of one request, tokens (default: ${usualContext}, or as many as the model takes)`,
      ).argParser(wholeNumber(1, 100_000_000)),
    )
    .addOption(
      new Option('--memory-fraction <share>', 'share of a GPU’s memory that the engine may use')
        .argParser(share)
        .default(0.9),
    )
    .addOption(
      new Option('--overhead <gib>', 'GiB on each GPU for activations, CUDA context and graphs')
        .argParser(notNegative)
        .default(2),
    )
    .option('--json', 'print the numbers as JSON')
  withExamples(command, [
    { run: 'assay fit --model llama-2-70b --gpus 8xA100-80GB', what: 'every split of eight GPUs' },
    {
      run: 'assay fit --model llama-3.1-70b --gpus 2xH100-80GB --quantisation fp8 --kv-dtype fp8 --context 8192',
      what: 'quantised, with longer requests',
    },
    { run: 'assay fit --model ./my-model --gpus 4x24 --json', what: 'your own model, as data' },
  ])
  command.action(async (flags: FitFlags) => {
    const [{ findModel }, { parseGpus }, { fitModel }, { fitText }, { printable }] = await Promise.all([
      import('../../engines/fit/find-model.ts'),
      import('../../engines/fit/gpus.ts'),
      import('../../engines/fit/fit.ts'),
      import('../../engines/fit/fit-text.ts'),
      import('../../report/terminal-text.ts'),
    ])
    const { shape, fileBytes, quantisation: own, notes } = findModel(flags.model)
    const quantisation = flags.quantisation === 'none' ? undefined : (flags.quantisation ?? own)
    const context = flags.context ?? Math.min(usualContext, shape.maxContext)
    const kv: KvType = flags.kvDtype ?? flags.dtype
    const question: FitQuestion = {
      shape,
      weightBytes: numberTypes[flags.dtype],
      kvBytes: kvTypes[kv],
      gpus: parseGpus(flags.gpus),
      context,
      memoryFraction: flags.memoryFraction,
      overheadGib: flags.overhead,
      ...(quantisation === undefined ? {} : { quantisation: quantisations[quantisation] }),
      ...(fileBytes === undefined ? {} : { fileBytes }),
    }
    const answer = fitModel(question)
    const weights = fileBytes === undefined ? (quantisation ?? flags.dtype) : 'as in the file'
    const tooLong =
      context > shape.maxContext
        ? [`the model itself takes ${shape.maxContext.toLocaleString('en')} tokens at most`]
        : []
    const title = { model: printable(flags.model), weights, kv, notes: [...notes, ...tooLong].map(printable) }
    terminal.out(
      flags.json
        ? `${JSON.stringify({ schema: 1, ...title, ...question, ...answer }, undefined, 2)}\n`
        : fitText(question, answer, title),
    )
  })
}

function share(text: string): number {
  const value = numberValue(text)
  if (value > 0 && value <= 1) return value
  throw new InvalidArgumentError('Use a share above 0 and up to 1, such as 0.9.')
}

function notNegative(text: string): number {
  const value = numberValue(text)
  if (value >= 0) return value
  throw new InvalidArgumentError('Use a number of GiB from 0 on.')
}

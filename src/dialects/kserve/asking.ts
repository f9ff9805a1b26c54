import type { Capabilities, DialectOptions, OptionRule } from '../../model/dialect.ts'
import { AssayError } from '../../model/errors.ts'
import type { Request } from '../../model/request.ts'
import type { Sampling } from '../../model/workload.ts'
import { readOptions } from '../option-rules.ts'
import { spelled, textOf } from '../request-fields.ts'
import { type InputTensor, isModelConfig, modelSetting } from './model-config.ts'
import { outputNames } from './output-reader.ts'
import { type Style, styleNames, styleOf, styles, type Tensors } from './styles.ts'

const tensorName = /^[\w./-]+$/

/** Options of every dialect that fills tensors. */
export const tensorRules = {
  style: { oneOf: ['auto', ...styleNames] },
  text: { oneOf: ['auto', 'delta', 'cumulative'] },
  input: { form: tensorName, default: 'text_input' },
  length: { form: tensorName, default: 'max_tokens' },
  output: { form: tensorName, default: 'text_output' },
} as const satisfies Readonly<Record<string, OptionRule>>

/** What responses hold: the new part, all so far, or whichever the second one shows. */
export type TextMode = 'auto' | 'delta' | 'cumulative'

/** The tensors of a request, and the fields of the target's body that are none: parameters of the request. */
interface Asked {
  readonly tensors: Tensors
  readonly parameters: Readonly<Record<string, unknown>>
}

/**
 * How one model is asked for texts, in no encoding yet: the options as chosen, what is known of the model, and the
 * tensors of each request. Throws `bad-dialect-option`.
 */
export function makeAsking<const R extends Readonly<Record<string, OptionRule>>>(
  dialect: string,
  options: DialectOptions,
  further: R,
) {
  const { [modelSetting]: config, ...others } = options
  if (config !== undefined && !isModelConfig(config)) {
    throw new AssayError('bad-dialect-option', `The option ${modelSetting} of ${dialect} is no model.`, {
      hint: 'Leave it out: Assay asks the server.',
    })
  }
  const rules = { ...tensorRules, ...further }
  const chosen = readOptions(dialect, others, rules)
  const { style: wanted, text, input, output, length } = readOptions(dialect, pickOwn(others), tensorRules)
  // Before anything is known of the model, nothing that it may have is refused.
  const style = styles[wanted !== 'auto' ? wanted : config === undefined ? 'plain' : styleOf(config)]
  const has = (name: string) => config === undefined || config.inputs.some((one) => one.name === name)
  const canForce = style.minLength === undefined || has(style.minLength)
  return {
    rules,
    chosen,
    config,
    text: (text === 'auto' && style.mayBeCumulative !== true ? 'delta' : text) as TextMode,
    output: textTensor(output, config?.outputs),
    capabilities: {
      inputs: ['prompt'],
      sampling: spelled(style.sampling).filter((key) => tensorsOf(style, key).every(has)),
      ...(style.exactLength !== undefined && canForce ? { exactLength: style.exactLength } : {}),
      usage:
        config?.outputs.some(({ name }) => name === outputNames.tokens) === true ? 'every-event' : 'never',
    } satisfies Partial<Capabilities>,
    /** `streaming`: many responses are wanted. Throws `unsupported-sampling`, `missing-tensor` and `unsupported-input`. */
    tensors(request: Request, streaming: boolean, extra: Readonly<Record<string, unknown>>): Asked {
      const needed = style.needed(request, length, has)
      for (const name of Object.keys(needed)) if (!has(name)) throw noTensor(dialect, name, length)
      const optional = Object.entries(style.optional(request, streaming))
      const isTensor = (name: string) => config !== undefined && has(name)
      const given = Object.entries(extra)
      const tensors: Tensors = {
        [textTensor(input, config?.inputs)]: textOf(dialect, request),
        ...Object.fromEntries(
          optional.filter(([name]) => isTensor(name) || (config === undefined && atFirst.has(name))),
        ),
        ...needed,
        ...(Object.fromEntries(given.filter(([name]) => isTensor(name))) as Tensors),
      }
      const missing = config?.inputs.find(({ name, optional: may }) => !may && tensors[name] === undefined)
      if (missing !== undefined) throw missingTensor(missing)
      return { tensors, parameters: Object.fromEntries(given.filter(([name]) => !isTensor(name))) }
    },
  }
}

/** The options that every dialect of tensors has. */
function pickOwn(options: DialectOptions): DialectOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(tensorRules, name)))
}

/** Optional tensors that are sent while nothing is known of the model. */
const atFirst = new Set(['stream', 'streaming', 'bad_words', 'stop_words', 'min_length'])

/** The tensor of a name, or where the model has none of it, the only one of texts. */
function textTensor(
  name: string,
  tensors: readonly { readonly name: string; readonly datatype: string }[] = [],
): string {
  if (tensors.some((one) => one.name === name)) return name
  const [only, ...others] = tensors.filter(({ datatype }) => datatype === 'BYTES')
  return only === undefined || others.length > 0 ? name : only.name
}

const sample: Required<Sampling> = {
  temperature: 1,
  topP: 1,
  topK: 1,
  minP: 1,
  repetitionPenalty: 1,
  presencePenalty: 1,
  frequencyPenalty: 1,
  beams: 1,
  n: 1,
  seed: 1,
  stop: [''],
  logprobs: 1,
  addSpecialTokens: true,
  skipSpecialTokens: true,
}

/** Tensors that a setting fills; none where it goes into a text of settings. */
function tensorsOf({ sampling, settings }: Style, key: keyof Sampling): readonly string[] {
  if (settings === 'text') return []
  const field = sampling[key] as string | ((value: unknown) => Record<string, unknown>) | undefined
  if (field === undefined) return []
  return typeof field === 'string' ? [field] : Object.keys(field(sample[key]))
}

function noTensor(dialect: string, name: string, length: string): AssayError {
  const hint =
    name === length
      ? 'Name the tensor of the length with dialectOptions: {length: NAME}.'
      : `Leave the setting out that needs it; the server’s page about the model lists its inputs.`
  return new AssayError('unsupported-sampling', `${dialect}: the model has no input tensor "${name}".`, {
    hint,
  })
}

function missingTensor({ name, datatype }: InputTensor): AssayError {
  return new AssayError('missing-tensor', `The model needs the input tensor "${name}" (${datatype}).`, {
    hint: `Give its value with "body" of the target: {${name}: …}.`,
  })
}

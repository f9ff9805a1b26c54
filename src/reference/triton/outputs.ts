import { promptTokens } from '../shapes/shape.ts'
import { tokenText } from '../words.ts'
import type { TritonAsked } from './ask.ts'

/** Tokens [first, first + count) of an answer, and how it ended if they end it. */
export interface Said {
  readonly first: number
  readonly count: number
  readonly finish?: { readonly reason: 'length' | 'stop'; readonly counted?: number }
  /** All of the answer in one response. */
  readonly whole?: true
}

/** One output tensor of a response, of one element. */
export interface Output {
  readonly name: string
  readonly datatype: string
  readonly value: string | number
}

/** The output tensors of a response. */
export function outputsOf({ triton, prompts, ...asked }: TritonAsked, said: Said): readonly Output[] {
  const { model, told, echoes } = triton
  const { first, count, finish, whole } = said
  const text = model.cumulative ? tokenText(0, first + count) : tokenText(first, count)
  const has = (name: string) => model.outputs.some((output) => output.name === name)
  const tokens = whole ? finish?.counted : count
  return [
    bytes('text_output', echoes ? `${prompts[0]?.text ?? ''}${text}` : text),
    // The engine's chain of models tells all its outputs, filled or not.
    ...(has('cum_log_probs') ? [{ name: 'cum_log_probs', datatype: 'FP32', value: 0 }] : []),
    ...(has('sequence_index') ? [{ name: 'sequence_index', datatype: 'INT32', value: 0 }] : []),
    ...(told.has('finish_reason') ? [bytes('finish_reason', finish?.reason ?? '')] : []),
    ...(told.has('num_input_tokens')
      ? [{ name: 'num_input_tokens', datatype: 'UINT32', value: promptTokens({ ...asked, prompts }) }]
      : []),
    ...(told.has('num_output_tokens') && tokens !== undefined
      ? [{ name: 'num_output_tokens', datatype: 'UINT32', value: tokens }]
      : []),
  ]
}

function bytes(name: string, value: string): Output {
  return { name, datatype: 'BYTES', value }
}

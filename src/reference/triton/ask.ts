import { asked, fieldsIn, oneText } from '../shapes/ask.ts'
import type { Absent, Asked, Fields } from '../shapes/shape.ts'
import { datatypeOf, modelNamed, type TritonModel } from './models.ts'

/** A request to a model of Triton's, as the frames need to know it. */
export interface TritonAsked extends Asked {
  readonly triton: {
    readonly model: TritonModel
    /** The request's own id, which responses repeat. */
    readonly id: string
    /** Outputs that are told only when they are asked for, and were. */
    readonly told: ReadonlySet<string>
    /** An answer in one piece begins with the prompt. */
    readonly echoes: boolean
    readonly emptyFinal: boolean
  }
}

const asking: Readonly<Record<string, string>> = {
  return_finish_reason: 'finish_reason',
  return_num_input_tokens: 'num_input_tokens',
  return_num_output_tokens: 'num_output_tokens',
}

export interface TritonRequest {
  readonly model: string
  readonly id: string
  /** Values of the input tensors by name; of those with one element, the element. */
  readonly tensors: Fields
  readonly parameters: Fields
  /** The route can carry several responses. */
  readonly streams: boolean
}

/** Reads a request; a sentence in the real server's words when it cannot be answered. */
export function askTriton(request: TritonRequest, absent: Absent): TritonAsked | string {
  const { id, tensors, parameters, streams } = request
  const model = modelNamed(request.model, absent.model)
  if (model === undefined) return `Request for unknown model: '${request.model}' is not found`
  const wrong = wrongTensor(request.model, model, tensors)
  if (wrong !== undefined) return wrong
  const { input, field } = model.length
  const settings = field === undefined ? tensors : jsonIn(tensors[input])
  if (settings === undefined) return 'Error in processing sampling parameters: it is no JSON object.'
  const { streamInput, excludesPrompt } = model
  const isStream = model.decoupled && (streamInput === undefined || tensors[streamInput] === true)
  const reading = asked({ model: request.model }, absent, {
    stream: isStream && streams,
    prompts: oneText(tensors.text_input, 'text_input'),
    length: settings[field ?? input],
    lengthField: field ?? input,
  })
  if (typeof reading === 'string') return reading
  const told = Object.entries(asking).filter(([name]) => tensors[name] === true)
  return {
    ...reading,
    triton: {
      model,
      id,
      told: new Set(told.map(([, output]) => output)),
      echoes: !isStream && excludesPrompt !== undefined && tensors[excludesPrompt] !== true,
      emptyFinal: parameters.triton_enable_empty_final_response === true,
    },
  }
}

function wrongTensor(name: string, model: TritonModel, tensors: Fields): string | undefined {
  const missing = model.inputs.find((one) => !one.optional && tensors[one.name] === undefined)
  const needed = model.inputs.filter((one) => !one.optional).length
  if (missing !== undefined) {
    const given = model.inputs.filter((one) => !one.optional && tensors[one.name] !== undefined).length
    return `[request id: <id_unknown>] expected ${needed} inputs but got ${given} inputs for model '${name}'. Got input(s) [], but missing required input(s) ['${missing.name}']. Please provide all required input(s).`
  }
  const wrong = model.inputs.find(
    (one) => tensors[one.name] !== undefined && !fits(datatypeOf(one.data_type), tensors[one.name]),
  )
  if (wrong === undefined) return undefined
  return `Unable to parse '${wrong.name}': attempt to access JSON non-${expected(datatypeOf(wrong.data_type))}`
}

function fits(datatype: string, value: unknown): boolean {
  const element = Array.isArray(value) ? (value as unknown[])[0] : value
  if (element === undefined) return true
  if (datatype === 'BYTES') return typeof element === 'string'
  return datatype === 'BOOL' ? typeof element === 'boolean' : typeof element === 'number'
}

function expected(datatype: string): string {
  if (datatype === 'BYTES') return 'string as string'
  if (datatype === 'BOOL') return 'boolean as boolean'
  return datatype.startsWith('FP') ? 'number as float' : 'number as number'
}

function jsonIn(text: unknown): Fields | undefined {
  if (text === undefined) return {}
  try {
    return fieldsIn({ value: JSON.parse(String(text)) }, 'value')
  } catch {
    return undefined
  }
}

import { AssayError } from '../../model/errors.ts'
import { excerpt } from '../payload.ts'

/** An input tensor of a model. */
export interface InputTensor {
  readonly name: string
  /** KServe's name of the element type: BYTES, INT32, BOOL … */
  readonly datatype: string
  /** Without the batch dimension; -1 is any length. */
  readonly dims: readonly number[]
  readonly optional: boolean
}

/** What a server's pages say of how a model is asked. */
export interface ModelConfig {
  readonly backend?: string
  /** Whether a request may have any number of responses; absent: the page does not say. */
  readonly decoupled?: boolean
  /** Above 0, tensors have a batch dimension in front. */
  readonly maxBatchSize: number
  readonly inputs: readonly InputTensor[]
  readonly outputs: readonly { readonly name: string; readonly datatype: string }[]
}

/** A tensor on a page: of Triton's model configuration, or of the protocol's model metadata. */
interface PageTensor {
  readonly name?: unknown
  readonly data_type?: unknown
  readonly datatype?: unknown
  readonly dims?: unknown
  readonly shape?: unknown
  readonly optional?: unknown
}

interface Page {
  readonly input?: unknown
  readonly inputs?: unknown
  readonly output?: unknown
  readonly outputs?: unknown
  readonly backend?: unknown
  readonly max_batch_size?: unknown
  readonly model_transaction_policy?: { readonly decoupled?: unknown } | null
}

const mostTensors = 200

/** Pages about a model, the one that tells more first. */
export const modelPages = ['/v2/models/{model}/config', '/v2/models/{model}'] as const

/** Setting of a dialect that holds what the server said of the model. */
export const modelSetting = 'modelConfig'

/** The setting that a model's configuration gives, or its metadata. Throws `malformed-page` for anything else. */
export function readModelPage(body: string): { readonly [modelSetting]: ModelConfig } {
  return { [modelSetting]: modelConfig(body) }
}

function modelConfig(body: string): ModelConfig {
  const page = parsed(body)
  const isConfig = page !== undefined && Array.isArray(page.input)
  const inputs = isConfig ? page.input : page?.inputs
  const outputs = isConfig ? page.output : page?.outputs
  if (page === undefined || !Array.isArray(inputs) || !Array.isArray(outputs)) {
    throw new AssayError('malformed-page', `The server’s page about the model is none: ${excerpt(body)}`, {
      hint: 'Is it a server of the KServe v2 protocol? assay probe URL shows what it is.',
    })
  }
  const { backend, max_batch_size, model_transaction_policy: policy } = page
  return {
    ...(typeof backend === 'string' && backend !== '' ? { backend } : {}),
    // A configuration that does not say it is not; metadata never say.
    ...(isConfig ? { decoupled: policy?.decoupled === true } : {}),
    maxBatchSize: isConfig && typeof max_batch_size === 'number' ? max_batch_size : 0,
    inputs: inputs.slice(0, mostTensors).flatMap((one: PageTensor | null) => inputTensor(one, isConfig)),
    outputs: outputs.slice(0, mostTensors).flatMap((one: PageTensor | null) => named(one)),
  }
}

function parsed(body: string): Page | undefined {
  try {
    const page = JSON.parse(body) as unknown
    return page !== null && typeof page === 'object' ? page : undefined
  } catch {
    return undefined
  }
}

function named(tensor: PageTensor | null): { name: string; datatype: string }[] {
  const { name, data_type, datatype } = tensor ?? {}
  return typeof name === 'string' && name !== '' ? [{ name, datatype: typeName(datatype ?? data_type) }] : []
}

function inputTensor(tensor: PageTensor | null, isConfig: boolean): InputTensor[] {
  const { dims, shape, optional } = tensor ?? {}
  const lengths = isConfig ? dims : shape
  return named(tensor).map((one) => ({
    ...one,
    dims: Array.isArray(lengths) ? lengths.map(Number).filter(Number.isInteger) : [1],
    optional: optional === true,
  }))
}

/** "TYPE_STRING" of configurations is "BYTES" of requests. */
function typeName(type: unknown): string {
  const name = typeof type === 'string' ? type.replace(/^TYPE_/, '') : 'BYTES'
  return name === 'STRING' ? 'BYTES' : name
}

/** Whether a value is what `readModelPage` gives. */
export function isModelConfig(value: unknown): value is ModelConfig {
  const { inputs, outputs, maxBatchSize } = (value ?? {}) as Partial<ModelConfig>
  const areNamed = (list: unknown) =>
    Array.isArray(list) && list.every((one) => typeof (one as InputTensor | null)?.name === 'string')
  return areNamed(inputs) && areNamed(outputs) && typeof maxBatchSize === 'number'
}

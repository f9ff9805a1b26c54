import { AssayError } from '../../model/errors.ts'
import type { ModelConfig } from './model-config.ts'
import type { Tensors, TensorValue } from './styles.ts'

type Element = string | number | boolean

/** An input tensor with all that the protocol wants to know of it. */
export interface TypedTensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly Element[]
}

/** Types that are not what the value suggests, in the models everybody serves. */
const usualTypes: ReadonlyMap<string, string> = new Map([
  ['temperature', 'FP32'],
  ['top_p', 'FP32'],
  ['repetition_penalty', 'FP32'],
  ['presence_penalty', 'FP32'],
  ['frequency_penalty', 'FP32'],
  ['random_seed', 'UINT64'],
])

/** Type and shape for every tensor, from the model's page where there is one. Throws `wrong-tensor-type`. */
export function typedTensors(tensors: Tensors, config: ModelConfig | undefined): TypedTensor[] {
  return Object.entries(tensors).map(([name, value]) => {
    const known = config?.inputs.find((input) => input.name === name)
    const data = Array.isArray(value) ? (value as readonly Element[]) : [value as Element]
    const datatype = known?.datatype ?? usualTypes.get(name) ?? typeFor(value)
    for (const element of data) checkType(name, datatype, element)
    const batch = config !== undefined && config.maxBatchSize > 0 ? [1] : []
    return { name, datatype, shape: [...batch, ...lengths(known?.dims ?? [-1], data.length)], data }
  })
}

/** A dimension of any length takes what there is; metadata write the batch as one of these, too. */
function lengths(dims: readonly number[], count: number): number[] {
  const last = dims.length - 1
  return dims.map((dim, i) => (dim >= 0 ? dim : i === last ? count : 1))
}

function typeFor(value: TensorValue): string {
  const [first] = Array.isArray(value) ? (value as readonly Element[]) : [value as Element]
  if (typeof first === 'boolean') return 'BOOL'
  if (typeof first === 'number') return Number.isInteger(first) ? 'INT32' : 'FP32'
  return 'BYTES'
}

function checkType(name: string, datatype: string, element: unknown): void {
  const fits =
    datatype === 'BYTES'
      ? typeof element === 'string'
      : datatype === 'BOOL'
        ? typeof element === 'boolean'
        : typeof element === 'number' && (/^(FP|BF)/.test(datatype) || Number.isInteger(element))
  if (fits) return
  const shown = JSON.stringify(element) ?? String(element)
  throw new AssayError(
    'wrong-tensor-type',
    `The input tensor "${name}" is ${datatype}: it cannot be ${shown}.`,
    {
      hint: `Give a ${wanted(datatype)} in "body" of the target, or as the setting that fills it.`,
    },
  )
}

function wanted(datatype: string): string {
  if (datatype === 'BYTES') return 'text'
  if (datatype === 'BOOL') return 'true or false'
  return /^(FP|BF)/.test(datatype) ? 'number' : 'whole number'
}

const fields: Readonly<Record<string, string>> = {
  BOOL: 'bool_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
}

/** A tensor as a message of gRPC states it. Throws `wrong-tensor-type` for element types without a field there. */
export function tensorMessage({ name, datatype, shape, data }: TypedTensor) {
  const field = fields[datatype]
  if (field === undefined) {
    throw new AssayError(
      'wrong-tensor-type',
      `The input tensor "${name}" is ${datatype}, which Assay cannot send.`,
      {
        hint: 'Use a model whose inputs are texts, whole numbers, FP32 or FP64.',
      },
    )
  }
  const values = datatype === 'BYTES' ? data.map((text) => Buffer.from(String(text), 'utf8')) : data
  return { name, datatype, shape, contents: { [field]: values } }
}

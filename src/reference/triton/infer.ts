import { fieldsIn } from '../shapes/ask.ts'
import { type Fields, type Shape, usual } from '../shapes/shape.ts'
import { askTriton, type TritonAsked } from './ask.ts'
import { modelIn, statusOf } from './generate.ts'
import { outputsOf } from './outputs.ts'

const decoupledMessage = "HTTP end point doesn't support models with decoupled transaction policy"

/** POST /v2/models/M/infer: tensors as JSON, one answer. */
export const tritonInfer: Shape = {
  ...usual,
  name: 'triton-infer',
  ask(fields, absent) {
    const { id, inputs } = fields
    const asked = askTriton(
      {
        model: modelIn(absent.path),
        id: typeof id === 'string' ? id : '',
        tensors: tensorsIn(inputs),
        parameters: fieldsIn(fields, 'parameters'),
        streams: false,
      },
      absent,
    )
    return typeof asked !== 'string' && asked.triton.model.decoupled ? decoupledMessage : asked
  },
  frames() {
    throw new Error('Infer does not stream.')
  },
  whole(asked, _identity, [answer]) {
    const { tokens = 0, ...finish } = answer?.finish ?? { reason: 'stop' as const }
    const { triton, model } = asked as TritonAsked
    const outputs = outputsOf(asked as TritonAsked, { first: 0, count: tokens, finish, whole: true })
    return JSON.stringify({
      ...(triton.id === '' ? {} : { id: triton.id }),
      model_name: model,
      model_version: '1',
      outputs: outputs.map(({ name, datatype, value }) => ({ name, datatype, shape: [1], data: [value] })),
    })
  },
  error: (_status, _type, message) => JSON.stringify({ error: message }),
  statusOf: (message) => (message === decoupledMessage ? 501 : statusOf(message)),
}

function tensorsIn(inputs: unknown): Fields {
  const list = Array.isArray(inputs) ? (inputs as readonly (Fields | null)[]) : []
  return Object.fromEntries(
    list.map((input) => {
      const data = Array.isArray(input?.data) ? (input.data as readonly unknown[]) : []
      return [String(input?.name), data.length === 1 ? data[0] : data]
    }),
  )
}

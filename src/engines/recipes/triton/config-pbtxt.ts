/** A tensor of a model as its configuration states it. */
export interface ConfigTensor {
  readonly name: string
  /** STRING, INT32, BOOL … */
  readonly type: string
  /** -1 is any length. */
  readonly dims: readonly number[]
  readonly optional?: true
}

/** One step of an ensemble: which tensors of the whole become which of the step's model, by the model's names. */
export interface EnsembleStep {
  readonly model: string
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
}

/** What config.pbtxt says of a model. */
export interface ModelText {
  readonly name: string
  /** Key of Triton's back ends; absent for an ensemble. */
  readonly backend?: string
  readonly steps?: readonly EnsembleStep[]
  readonly maxBatchSize: number
  /** A request may have any number of responses. */
  readonly decoupled?: true
  readonly inputs: readonly ConfigTensor[]
  readonly outputs: readonly ConfigTensor[]
  readonly parameters?: Readonly<Record<string, string>>
  readonly instances?: { readonly count: number; readonly kind: 'CPU' | 'GPU' | 'MODEL' }
  /** Requests may wait this long for others; absent: no dynamic batching. */
  readonly queueDelayUs?: number
}

/** The text of a config.pbtxt (protocol buffers' text format). */
export function configPbtxt(model: ModelText): string {
  const { name, backend, steps, maxBatchSize, decoupled, inputs, outputs, parameters = {}, instances } = model
  return [
    `name: ${text(name)}`,
    ...(backend === undefined ? ['platform: "ensemble"'] : [`backend: ${text(backend)}`]),
    `max_batch_size: ${maxBatchSize}`,
    ...(decoupled ? ['model_transaction_policy { decoupled: true }'] : []),
    ...(model.queueDelayUs === undefined
      ? []
      : [`dynamic_batching { max_queue_delay_microseconds: ${model.queueDelayUs} }`]),
    ...list('input', inputs.map(tensor)),
    ...list('output', outputs.map(tensor)),
    ...(steps === undefined
      ? []
      : ['ensemble_scheduling {', ...list('step', steps.map(step)).map(indented), '}']),
    ...(instances === undefined
      ? []
      : [`instance_group [ { count: ${instances.count} kind: KIND_${instances.kind} } ]`]),
    ...Object.entries(parameters).map(
      ([key, value]) => `parameters { key: ${text(key)} value { string_value: ${text(value)} } }`,
    ),
    '',
  ].join('\n')
}

function list(name: string, items: readonly string[]): string[] {
  return [`${name} [`, ...items.map((item, i) => `  ${item}${i + 1 < items.length ? ',' : ''}`), ']']
}

function tensor({ name, type, dims, optional }: ConfigTensor): string {
  const may = optional ? ' optional: true' : ''
  return `{ name: ${text(name)} data_type: TYPE_${type} dims: [ ${dims.join(', ')} ]${may} }`
}

function step({ model, inputs, outputs }: EnsembleStep): string {
  const maps = (field: string, map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([key, value]) => `${field} { key: ${text(key)} value: ${text(value)} }`)
  const fields = [...maps('input_map', inputs), ...maps('output_map', outputs)]
  return `{ model_name: ${text(model)} model_version: -1 ${fields.join(' ')} }`
}

function indented(line: string): string {
  return `  ${line}`
}

/** A string literal of the text format. */
function text(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

export const batchings = ['continuous', 'static', 'off'] as const
/** Requests join others in the making, are computed in batches that start together, or one by one. */
export type Batching = (typeof batchings)[number]

export const runtimes = ['process', 'docker'] as const
/** Whether an engine is a program of this machine or a container of Docker. */
export type Runtime = (typeof runtimes)[number]

/** Options under common names, checked. Absent ones are the engine's own default. */
export interface LaunchOptions {
  readonly model?: string
  readonly dtype?: string
  readonly quantisation?: string
  readonly maxBatch?: number
  readonly kvMemory?: number
  readonly kvTokens?: number
  readonly memoryFraction?: number
  readonly tokenBudget?: number
  readonly prefixCache?: boolean
  readonly chunkedPrefill?: boolean
  readonly tensorParallel?: number
  readonly pipelineParallel?: number
  readonly dataParallel?: number
  readonly contextTokens?: number
  readonly threads?: number
  readonly batching?: Batching
  readonly binary?: string
  readonly python?: string
  readonly port?: number
  readonly replicas?: number
  readonly startTimeout?: number
  readonly cores?: string
  readonly version?: string
  readonly runtime?: Runtime
  readonly gpus?: readonly number[]
  readonly image?: string
  readonly digest?: string
  readonly dockerfile?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export type OptionName = keyof LaunchOptions

/** What kind of value an option takes, and what it means; the same for every engine. */
interface OptionKind {
  readonly meaning: string
  readonly allowed: string
  readonly example: string
  accepts(value: unknown): boolean
}

const textOption = (meaning: string, example: string): OptionKind => ({
  meaning,
  example,
  allowed: 'a text',
  accepts: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
})
const whole = (meaning: string, min: number, max: number, example: number): OptionKind => ({
  meaning,
  example: String(example),
  allowed: `a whole number from ${min} to ${max}`,
  accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
})
const positive = (meaning: string, example: number): OptionKind => ({
  meaning,
  example: String(example),
  allowed: 'a number above 0',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
})
const flag = (meaning: string): OptionKind => ({
  meaning,
  example: 'false',
  allowed: 'true or false',
  accepts: (value) => typeof value === 'boolean',
})

/** Every option there is. */
export const optionKinds: Readonly<Record<OptionName, OptionKind>> = {
  model: textOption('path or name of the model', './my-model'),
  dtype: textOption('number type of weights and activations, as the engine names it', 'bfloat16'),
  quantisation: textOption('how the weights are quantised, as the engine names it', 'awq'),
  maxBatch: whole('requests computed at the same time', 1, 65_536, 16),
  kvMemory: positive('memory for the KV cache, GiB', 4),
  kvTokens: whole('tokens that the KV cache holds, of all requests together', 16, 1_000_000_000, 68_700),
  memoryFraction: {
    meaning: 'share of the memory of each GPU',
    example: '0.9',
    allowed: 'a number above 0 and up to 1',
    accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
  },
  tokenBudget: whole('tokens computed in one step, prompts and outputs of all requests', 1, 10_000_000, 8192),
  prefixCache: flag('whether prompts reuse what they share with earlier ones'),
  chunkedPrefill: flag('whether long prompts are computed in pieces between decoding steps'),
  tensorParallel: whole('devices that share each layer', 1, 1024, 2),
  pipelineParallel: whole('devices that share the layers', 1, 1024, 2),
  dataParallel: whole('copies of the model behind one port', 1, 1024, 2),
  contextTokens: whole('prompt and output of one request together', 16, 10_485_760, 4096),
  threads: whole('threads that compute', 1, 1024, 4),
  batching: {
    meaning:
      'continuous: requests join others in the making; static: batches that start and end together; off: one by one',
    example: 'off',
    allowed: batchings.join(', '),
    accepts: (value) => batchings.includes(value as Batching),
  },
  binary: textOption('path of the program', '/opt/llama.cpp/bin/llama-server'),
  python: textOption(
    'a Python that has the engine, instead of the one that setup makes',
    '/opt/venv/bin/python',
  ),
  port: whole('port it listens on; replicas take the next ones; absent: any free one', 1, 65_535, 8000),
  replicas: whole('copies of the engine, each on a port of its own; requests are spread over them', 1, 64, 2),
  cores: {
    meaning:
      'cores of the host that it may use (taskset, Linux), so that load generator and engine have their own',
    example: '"1-3"',
    allowed: 'a list such as "1", "0-3" or "0,2"',
    accepts: (value) => typeof value === 'string' && /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(value),
  },
  version: {
    meaning: 'version of the engine, where its flags or its image differ; absent: the pinned one',
    example: '"1.0.2"',
    allowed: 'a text such as "1.0.2"',
    accepts: (value) => typeof value === 'string' && /^[\w.-]+$/.test(value),
  },
  runtime: {
    meaning: 'process: a program of this machine; docker: a container',
    example: 'docker',
    allowed: runtimes.join(', '),
    accepts: (value) => runtimes.includes(value as Runtime),
  },
  gpus: {
    meaning: 'numbers of the GPUs that it may use; replicas share them out',
    example: '[0, 1]',
    allowed: 'a list of numbers from 0 on',
    accepts: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one) && one >= 0),
  },
  image: textOption('container image, with its tag', 'vllm/vllm-openai:v0.11.0'),
  dockerfile: textOption(
    'path of a Dockerfile: the image is built from it and the folder around it',
    './engine/Dockerfile',
  ),
  digest: {
    meaning: 'digest that the image must have',
    example: 'sha256:…',
    allowed: '"sha256:" and 64 hex digits',
    accepts: (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  },
  startTimeout: positive('seconds it may take until it answers', 900),
  args: {
    meaning: 'further arguments, put at the end of the command as they are',
    example: '[--seed, "1"]',
    allowed: 'a list of texts',
    accepts: (value) =>
      Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes('\0')),
  },
  env: {
    meaning: 'further environment variables',
    example: '{OMP_NUM_THREADS: "1"}',
    allowed: 'names and texts',
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(([name, text]) => /^\w+$/.test(name) && typeof text === 'string'),
  },
}

import { basename } from 'node:path'
import type { Container } from '../../model/container.ts'
import type { LaunchOptions, OptionName } from '../launch-options.ts'
import type { Place } from '../recipe.ts'

/** Engines that Assay starts listen here, so that nobody else can reach them. */
export const host = '127.0.0.1'

/** The options that every recipe has. */
export const commonOptions: Partial<Record<OptionName, string>> = {
  port: '',
  replicas: '',
  startTimeout: '',
  cores: '',
  args: '',
  env: '',
}

/** `--name value` for a value that is there. */
export function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)]
}

/** One of two spellings for a flag that is given. */
export function either(
  value: boolean | undefined,
  yes: readonly string[],
  no: readonly string[],
): readonly string[] {
  if (value === undefined) return []
  return value ? yes : no
}

/** How requests name the model: a path's last part, else the name itself. */
export function shortName({ model = '' }: LaunchOptions): string {
  const bare = basename(model).replace(/\.gguf$/i, '')
  // The generated model's file is named after its bytes as well.
  return isPath(model) ? bare.replace(/^(assay-bigram)-[0-9a-f]{12}$/, '$1') : model
}

/** Whether a model is a file or folder of this machine rather than a name that an engine looks up. */
export function isPath(model: string): boolean {
  return /^([./~]|[a-z]:[\\/])/i.test(model) || model.endsWith('.gguf')
}

/** What keeps Hugging Face's libraries off the network when the model is here. */
export function offline({ model = '' }: LaunchOptions): Readonly<Record<string, string>> {
  return isPath(model) ? { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' } : {}
}

/** The most requests at a time: one when batching is off. */
export function batchLimit({ maxBatch, batching }: LaunchOptions): number | undefined {
  return batching === 'off' ? 1 : maxBatch
}

/** What the options say of how weights are stored, in the engine's words. Words that are not common ones are its own. */
export function quantised(
  { quantisation }: LaunchOptions,
  words: Readonly<Record<string, readonly string[]>>,
  flag: string,
): readonly string[] {
  if (quantisation === undefined || quantisation === 'none') return []
  return Object.hasOwn(words, quantisation) ? (words[quantisation] ?? []) : [flag, quantisation]
}

/** Options of engines that have a container image. */
export const containerOptions: Partial<Record<OptionName, string>> = {
  runtime: '',
  image: '',
  digest: '',
  dockerfile: '',
}

/** Options of engines that compute on GPUs. */
export const gpuOptions: Partial<Record<OptionName, string>> = { gpus: '' }

/** Where a container finds its model. */
const modelInside = '/model'

/** The model as a container sees it: a folder of this machine is mounted, a name stays one. */
export function modelIn(options: LaunchOptions): {
  readonly path: string
  readonly mounts: Container['mounts']
} {
  const { model = '' } = options
  return isPath(model)
    ? { path: modelInside, mounts: [{ source: model, target: modelInside, readOnly: true }] }
    : { path: model, mounts: [] }
}

/** A container of one engine; what the options say goes before what the recipe pins. */
export function gpuContainer(
  options: LaunchOptions,
  { port, gpus }: Place,
  made: {
    /** Without its tag. */
    readonly image: string
    readonly tag: string
    readonly port: number
    readonly words: readonly string[]
    readonly mounts?: Container['mounts']
    readonly entrypoint?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly shmGib?: number
    readonly ipc?: 'host'
    readonly ulimits?: Container['ulimits']
    readonly ports?: Container['ports']
  },
): Container {
  const { image, tag, words, env, shmGib, ipc, ulimits, entrypoint, mounts = [] } = made
  return {
    image: options.image ?? `${image}:${tag}`,
    ...(options.digest === undefined ? {} : { digest: options.digest }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    words: [...words, ...(options.args ?? [])],
    env: { ...env, ...options.env },
    ports: made.ports ?? [{ host: port, container: made.port }],
    mounts,
    gpus: gpus ?? 'all',
    ...(shmGib === undefined ? {} : { shmBytes: shmGib * 2 ** 30 }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(ulimits === undefined ? {} : { ulimits }),
  }
}

/** Whether a version comes before another, by its numbers. */
export function isBefore(version: string, other: string): boolean {
  const numbers = (text: string) => text.replace(/^v/, '').split(/[.-]/).map(Number)
  const [a, b] = [numbers(version), numbers(other)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left = 0, right = 0] = [a[i], b[i]]
    if (left !== right) return left < right
  }
  return false
}

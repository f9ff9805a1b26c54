import { basename } from 'node:path'
import type { LaunchOptions, OptionName } from '../launch-options.ts'

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

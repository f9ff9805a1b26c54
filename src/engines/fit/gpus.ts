import { AssayError } from '../../model/errors.ts'
import { nearest } from '../../model/nearest.ts'

/** GPUs of one kind. */
export interface GpuSet {
  readonly count: number
  /** "A100-80GB", "48 GiB". */
  readonly name: string
  /** Memory of one. */
  readonly gib: number
}

/** Memory in MiB, as nvidia-smi and rocm-smi report it in all. */
export const gpuMib = {
  A10G: 23_028,
  'A100-40GB': 40_960,
  'A100-80GB': 81_920,
  'A800-80GB': 81_920,
  B200: 183_359,
  'H100-80GB': 81_559,
  H200: 143_771,
  L4: 23_034,
  L40S: 46_068,
  MI300X: 196_592,
  RTX3090: 24_576,
  RTX4090: 24_564,
  'RTX-A6000': 49_140,
  T4: 15_360,
  'V100-16GB': 16_384,
  'V100-32GB': 32_768,
} as const

const maxCount = 4096
const names = Object.keys(gpuMib) as (keyof typeof gpuMib)[]

/** Reads "8xA100-80GB", "L4" or "4x48" (GiB). Throws `bad-gpus` with the known names. */
export function parseGpus(text: string): GpuSet {
  const [, countText = '1', kind = ''] = /^(?:(\d{1,5})\s*[x×*]\s*)?(.+)$/i.exec(text.trim()) ?? []
  const count = Number(countText)
  if (count < 1 || count > maxCount || kind === '') throw bad(`There is no number of GPUs in "${text}".`, '')
  const gib = Number(/^(\d{1,3}(?:\.\d{1,3})?)\s*(?:gib)?$/i.exec(kind)?.[1])
  if (gib > 0) return { count, name: `${gib} GiB`, gib }
  const wanted = plain(kind)
  const exact = names.filter((name) => plain(name) === wanted)
  const found =
    exact.length > 0 ? exact : names.filter((name) => plain(name).replace(/^rtx/, '').startsWith(wanted))
  const [name, ...others] = found
  if (name === undefined) {
    const near = nearest(kind, names)
    throw bad(`There is no GPU "${kind}" in the table.`, near === undefined ? '' : `Did you mean ${near}? `)
  }
  if (others.length > 0) throw bad(`"${kind}" is ${found.join(' or ')}.`, '')
  return { count, name, gib: gpuMib[name] / 1024 }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function bad(message: string, hint: string): AssayError {
  return new AssayError('bad-gpus', message, {
    hint: `${hint}Use a number and a kind, such as 8xA100-80GB, or a number and GiB of each, such as 4x48. Kinds: ${names.join(', ')}.`,
  })
}

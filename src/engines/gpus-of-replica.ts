import type { LaunchOptions } from './launch-options.ts'

/** GPUs of one replica: those that are given, in equal shares; `undefined` when none are named. */
export function gpusOfReplica(options: LaunchOptions, index: number): readonly number[] | undefined {
  const { gpus, replicas = 1 } = options
  if (gpus === undefined) return undefined
  const share = Math.floor(gpus.length / replicas)
  return gpus.slice(index * share, (index + 1) * share)
}

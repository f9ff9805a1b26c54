import { arch, availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os'
import type { HostInfo } from '../model/run.ts'
import { cpuQuotaCores } from './cgroup.ts'
import { numberIn, present, readField, readText } from './proc.ts'

/** Describes the machine that makes the load. What procfs does not tell (outside Linux) is absent. */
export function readHost(): HostInfo {
  const cores = cpus()
  const quota = cpuQuotaCores()
  const affinity = readField('/proc/self/status', /^Cpus_allowed_list:\s*(\S+)/m)
  return {
    hostname: hostname(),
    platform: platform(),
    kernel: release(),
    arch: arch(),
    ...(cores[0] === undefined ? {} : { cpu: cores[0].model.trim() }),
    cores: cores.length,
    usableCores: usableCores(),
    memoryBytes: totalmem(),
    ...present('governor', readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim()),
    ...present('cgroupCpuQuotaCores', quota),
    ...present('affinity', affinity),
    ...present('somaxconn', numberIn(readText('/proc/sys/net/core/somaxconn'))),
    ...present('descriptorLimit', descriptorLimit()),
    ...present('steal', stealShare()),
    node: process.version,
    nodeFlags: process.execArgv,
  }
}

/** Cores this process may use: affinity, further limited by the cgroup's CPU quota; at least 1. */
export function usableCores(): number {
  const quota = cpuQuotaCores()
  return quota === undefined
    ? availableParallelism()
    : Math.max(1, Math.min(availableParallelism(), Math.floor(quota)))
}

/** Files this process may have open at once. */
export function descriptorLimit(): number | undefined {
  return numberIn(readField('/proc/self/limits', /^Max open files\s+(\d+)/m))
}

/** Identifies this boot: instants of different boots are never compared. */
export function bootId(): string | undefined {
  return readText('/proc/sys/kernel/random/boot_id')?.trim()
}

/** Share of CPU time since boot that the hypervisor gave to others (proc(5), /proc/stat, eighth column). */
function stealShare(): number | undefined {
  const times = readField('/proc/stat', /^cpu\s+(.*)$/m)
    ?.split(' ')
    .map(Number)
  const steal = times?.[7]
  if (times === undefined || steal === undefined) return undefined
  const total = times.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0)
  return total === 0 ? undefined : steal / total
}

import { numberIn, readField, readText } from './proc.ts'

/** Where this process's CPU controller lies, in either version of cgroups. */
function cpuFolders(): { readonly v2: string; readonly v1: string } {
  const groups = readText('/proc/self/cgroup') ?? ''
  const v2 = /^0::(.*)$/m.exec(groups)?.[1] ?? ''
  const v1 = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1] ?? ''
  return { v2: `/sys/fs/cgroup${v2}`, v1: `/sys/fs/cgroup/cpu${v1}` }
}

/** Cores that the cgroup's quota allows; absent without a quota. */
export function cpuQuotaCores(): number | undefined {
  const { v2, v1 } = cpuFolders()
  const [quota, period] = (readText(`${v2}/cpu.max`) ?? '').trim().split(' ')
  if (quota !== undefined && /^\d+$/.test(quota)) return Number(quota) / Number(period)
  const quotaUs = numberIn(readText(`${v1}/cpu.cfs_quota_us`))
  const periodUs = numberIn(readText(`${v1}/cpu.cfs_period_us`))
  return quotaUs === undefined || periodUs === undefined || quotaUs <= 0 ? undefined : quotaUs / periodUs
}

/** Time since boot in which the quota kept the cgroup from running. */
export function throttledMs(): number | undefined {
  const { v2, v1 } = cpuFolders()
  const us = numberIn(readField(`${v2}/cpu.stat`, /^throttled_usec (\d+)/m))
  if (us !== undefined) return us / 1e3
  const ns = numberIn(readField(`${v1}/cpu.stat`, /^throttled_time (\d+)/m))
  return ns === undefined ? undefined : ns / 1e6
}

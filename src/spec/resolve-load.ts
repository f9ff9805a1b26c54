import type { Load, Pacing, PhaseLimit } from '../model/load.ts'
import { secondsOf } from './quantities.ts'
import type { LoadFields } from './schema.ts'

/** Requests of a load that states neither requests nor duration. */
const defaultRequests = 200

/** Fills in what the user left out of a load. */
export function resolveLoad(fields: LoadFields): Load {
  const pacing = pacingOf(fields)
  return {
    name: fields.name ?? nameOf(pacing),
    pacing,
    until: pacing.kind === 'burst' ? { requests: pacing.burst } : untilOf(fields),
    warmup: fields.warmup === undefined ? defaultWarmup(pacing) : limitOf(fields.warmup),
    drainS: secondsOf(fields.drain) ?? 30,
    maxInFlight: fields.maxInFlight,
  }
}

function untilOf({ requests, duration }: LoadFields): PhaseLimit {
  if (requests === undefined && duration === undefined) return { requests: defaultRequests }
  return limitOf({ requests, duration })
}

/** Zero is how a user writes "none". */
function limitOf({ requests, duration }: Pick<LoadFields, 'requests' | 'duration'>): PhaseLimit {
  const durationS = duration === undefined ? undefined : secondsOf(duration)
  return {
    ...(requests === undefined || requests === 0 ? {} : { requests }),
    ...(durationS === undefined || durationS === 0 ? {} : { durationS }),
  }
}

function pacingOf({ concurrency, users, ramp, rate, arrivals, burst }: LoadFields): Pacing {
  if (users !== undefined) {
    return { kind: 'users', users, rampS: (ramp === undefined ? undefined : secondsOf(ramp)) ?? 0 }
  }
  if (rate !== undefined) return { kind: arrivals ?? 'poisson', ratePerSecond: rate }
  if (burst !== undefined) return { kind: 'burst', burst }
  return { kind: 'concurrency', concurrency: concurrency ?? 8 }
}

function defaultWarmup(pacing: Pacing): PhaseLimit {
  switch (pacing.kind) {
    case 'concurrency':
      return { requests: pacing.concurrency }
    case 'users':
      return { requests: pacing.users }
    case 'burst':
    case 'constant':
    case 'poisson':
      return {}
    default:
      return pacing satisfies never
  }
}

function nameOf(pacing: Pacing): string {
  switch (pacing.kind) {
    case 'concurrency':
      return `c${pacing.concurrency}`
    case 'users':
      return pacing.rampS === 0 ? `u${pacing.users}` : `u${pacing.users}-ramp${pacing.rampS}`
    case 'constant':
    case 'poisson':
      return `${pacing.kind}-${pacing.ratePerSecond}`
    case 'burst':
      return `burst-${pacing.burst}`
    default:
      return pacing satisfies never
  }
}

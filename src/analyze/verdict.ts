import { measuredPhase } from '../metrics/measured-phase.ts'
import type { Calibration } from '../model/calibration.ts'
import type { Finding } from '../model/finding.ts'
import type { RunData } from '../model/run-data.ts'
import type { Verdict } from '../model/verdict.ts'
import { healthOf } from './health/health-view.ts'
import { touchedBy } from './health/touched.ts'

type Weight = Exclude<Verdict['verdict'], 'trusted'>
type Weights = { readonly [severity in Finding['severity']]?: Weight }

/** Faults of the client come in two degrees: it disturbed the numbers, or the numbers are its own. */
const disturbing: Weights = { warning: 'degraded', invalid: 'client-bound' }

/**
 * What each finding makes of a run's verdict. What is not here says nothing of the client: a target that fails, cuts,
 * drops or repeats is measured right. Reasons: docs/decisions/verdict.md.
 */
const weights: Readonly<Record<string, Weights>> = {
  'client-cpu': disturbing,
  'run-queue': disturbing,
  steal: disturbing,
  'cpu-throttled': disturbing,
  'process-stopped': disturbing,
  'loop-blocked': disturbing,
  'gc-pause': disturbing,
  'late-dispatch': disturbing,
  'calibration-error': disturbing,
  // In the warm-up alone they leave the measured phase with fewer connections.
  'client-ports': disturbing,
  'client-descriptors': disturbing,
  'connections-made': { warning: 'degraded' },
  'syn-retransmit': { warning: 'degraded' },
  'not-watched': { warning: 'degraded' },
  'not-calibrated': { note: 'degraded' },
  // Records are missing: nobody knows which.
  'open-counts': { invalid: 'degraded' },
  'ended-early': { invalid: 'degraded' },
}

const worstFirst = ['client-bound', 'degraded'] as const

function errorOf({ ttft, event }: Calibration): NonNullable<Verdict['error']> {
  return {
    ...(ttft === undefined ? {} : { ttftBiasMs: ttft.biasMs, ttftP99Ms: ttft.p99Ms }),
    ...(event === undefined ? {} : { eventP99Ms: event.p99Ms }),
  }
}

/** Stamps a run: the worst that any of its findings says of the client. `findings` may hold those of other runs. */
export function verdictOf(data: RunData, findings: readonly Finding[]): Verdict {
  const { run, records, calibration } = data
  const own = findings.filter((finding) => finding.run === run.id)
  const reasons = worstFirst.flatMap((weight) =>
    own
      .filter(({ code, severity }) => weights[code]?.[severity] === weight)
      .map(({ message }) => ({ weight, message })),
  )
  const health = healthOf(data)
  const measured = records.filter(({ phase }) => phase === measuredPhase)
  const unhealthyS = health.unhealthy.reduce((sum, { row }) => sum + row.seconds, 0)
  const error = calibration === undefined ? {} : errorOf(calibration)
  return {
    run: run.id,
    verdict: reasons[0]?.weight ?? 'trusted',
    reasons: reasons.map(({ message }) => message),
    ...(Object.keys(error).length === 0 ? {} : { error }),
    ...(health.usefulCpuShare === undefined ? {} : { usefulCpuShare: health.usefulCpuShare }),
    affected: {
      requests: touchedBy(health.unhealthy, measured).length,
      seconds: Math.round(unhealthyS * 10) / 10,
    },
  }
}

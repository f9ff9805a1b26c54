import type { Finding } from '../../model/finding.ts'
import type { Result } from '../../model/report.ts'
import type { RunData } from '../../model/run-data.ts'
import { buildWarnings } from './build-warnings.ts'
import { calibrationError, notCalibrated } from './calibrated.ts'
import {
  clientDescriptors,
  clientPorts,
  connectionsMade,
  listenOverflow,
  staleConnection,
  synRetransmit,
} from './connections.ts'
import { clientCpu, cpuThrottled, runQueue, steal } from './cores.ts'
import { endpointsDiffer } from './endpoints.ts'
import { drainCut, dropped, endedEarly, errors, openCounts } from './outcomes.ts'
import { gcPause, loopBlocked, processStopped } from './pauses.ts'
import { type RunCheck, viewOf } from './run-check.ts'
import { bufferedStream, serverDied } from './server.ts'
import { fewSamples, hostNotLinux, workloadDiffers, workloadNotices } from './study-checks.ts'
import { coalesced, lateDispatch, rateNotRealised } from './timing.ts'
import {
  missingTokenCounts,
  shortOutput,
  templateApplied,
  tokenSource,
  usageDisagrees,
  workloadRepeated,
} from './tokens.ts'
import { notWatched, targetSharesCores } from './watched.ts'

const runChecks: readonly RunCheck[] = [
  openCounts,
  endedEarly,
  errors,
  serverDied,
  clientPorts,
  clientDescriptors,
  dropped,
  rateNotRealised,
  drainCut,
  staleConnection,
  connectionsMade,
  synRetransmit,
  listenOverflow,
  clientCpu,
  runQueue,
  steal,
  cpuThrottled,
  processStopped,
  loopBlocked,
  gcPause,
  lateDispatch,
  calibrationError,
  notWatched,
  notCalibrated,
  targetSharesCores,
  bufferedStream,
  coalesced,
  endpointsDiffer,
  shortOutput,
  usageDisagrees,
  templateApplied,
  tokenSource,
  missingTokenCounts,
  workloadRepeated,
]

const severities: readonly Finding['severity'][] = ['invalid', 'warning', 'note']

/** Every doubt about the runs and the study, with those found elsewhere, the gravest first. */
export function findingsOf(
  runs: readonly RunData[],
  results: readonly Result[],
  others: readonly Finding[] = [],
): Finding[] {
  const ofRuns = runs.flatMap((data) => {
    const view = viewOf(data)
    return runChecks.flatMap((check): Finding[] => {
      const found = check(view)
      return found === undefined ? [] : [{ ...found, run: data.run.id }]
    })
  })
  const study = runs.map((data) => data.run)
  const ofStudy = [
    ...workloadDiffers(study),
    ...buildWarnings(study),
    ...fewSamples(results),
    ...workloadNotices(study),
  ]
  const [first] = study
  const all = [...ofRuns, ...others, ...ofStudy, ...(first === undefined ? [] : hostNotLinux(first.host))]
  return severities.flatMap((severity) => all.filter((finding) => finding.severity === severity))
}

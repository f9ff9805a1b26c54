import { countRecords } from '../counts.ts'
import { errorGroups } from '../error-groups.ts'
import { outOf, type RunCheck } from './run-check.ts'

/** From this share (0..1) of failed requests on, latencies describe survivors and a run is invalid. */
const invalidErrorShare = 0.1

/** Requests of the measured phase failed. */
export const errors: RunCheck = ({ run, measured, completed }) => {
  const groups = errorGroups(run.id, measured)
  const failed = groups.reduce((sum, group) => sum + group.n, 0)
  if (failed === 0) return undefined
  const kinds = groups.map(
    ({ n, kind, status }) => `${n} × ${kind}${status === undefined ? '' : ` ${status}`}`,
  )
  const invalid = completed.length === 0 || failed / measured.length >= invalidErrorShare
  return {
    code: 'errors',
    severity: invalid ? 'invalid' : 'warning',
    message: `${outOf(failed, measured.length)} measured requests failed: ${kinds.join(', ')}. Latencies are those of completed requests only.`,
    advice:
      'Read the errors of the report and the log of the server, then lower the load or repair the target.',
  }
}

/** An open loop did not send what its schedule asked for. */
export const dropped: RunCheck = ({ run, measured }) => {
  const n = measured.filter((record) => record.outcome.kind === 'dropped').length
  if (n === 0) return undefined
  return {
    code: 'dropped',
    severity: 'warning',
    message: `${outOf(n, measured.length)} arrivals were not sent, because ${run.cell.load.maxInFlight} requests were in flight in a worker: the load was lower than asked for.`,
    advice:
      'The target does not keep up with this rate: lower it, or raise maxInFlight to see the queue grow further.',
  }
}

/** The drain cut requests: the slowest ones are missing from the latencies. */
export const drainCut: RunCheck = ({ run, measured }) => {
  const n = measured.filter(({ outcome }) => outcome.kind === 'cancelled' && outcome.by === 'drain').length
  if (n === 0) return undefined
  return {
    code: 'drain-cut',
    severity: 'warning',
    message: `${outOf(n, measured.length)} measured requests were cancelled when the drain of ${run.cell.load.drainS} s was over: the slowest ones are missing from the latencies.`,
    advice: 'Give the drain more time, or lower the load.',
  }
}

/** The run did not come to its own end. */
export const endedEarly: RunCheck = ({ run }) => {
  const ended = run.ended ?? 'crashed'
  if (ended === 'completed') return undefined
  const lost = run.lostRecords === undefined ? '' : ` ${run.lostRecords} records were lost.`
  const reason = run.endedReason === undefined ? '' : ` ${run.endedReason}`
  return {
    code: 'ended-early',
    severity: ended === 'crashed' || ended === 'storage' ? 'invalid' : 'warning',
    message: `The run ended early (${ended}).${reason}${lost} Its numbers cover only what was measured until then.`,
    advice:
      ended === 'storage'
        ? 'Make room on the disk and repeat the run.'
        : 'Repeat the run before you compare it with others.',
  }
}

/** Requests are missing: the counts of a phase do not add up, or the folder holds other records than counted. */
export const openCounts: RunCheck = ({ run, records }) => {
  if (run.counts === undefined) return undefined
  const found = countRecords(records)
  const faults: string[] = []
  for (const [phase, counts] of Object.entries(run.counts)) {
    const { planned, completed, failed, cancelled, dropped } = counts
    const sum = completed + failed + cancelled + dropped
    if (planned !== sum) {
      faults.push(
        `${phase}: ${planned} planned, but ${completed} completed + ${failed} failed + ${cancelled} cancelled + ${dropped} dropped = ${sum}`,
      )
    }
    const held = found[phase]?.planned ?? 0
    if (held !== sum) faults.push(`${phase}: ${sum} requests were counted, but ${held} records are stored`)
  }
  if (faults.length === 0) return undefined
  return {
    code: 'open-counts',
    severity: 'invalid',
    message: `The counts do not close (${faults.join('; ')}): some requests are not accounted for.`,
    advice: 'Do not use this run. If its files are untouched this is a defect of Assay: please report it.',
  }
}

import type { RunCheck } from './run-check.ts'

/** Rows come once a second, and a crash loses the last one. */
const toleratedS = 1.5

/** The load threads did not say how they were. */
export const notWatched: RunCheck = ({ health }) => {
  const { seconds, unwatchedS } = health
  if (unwatchedS === undefined || (seconds.length > 0 && unwatchedS <= toleratedS)) return undefined
  return {
    code: 'not-watched',
    severity: 'warning',
    message:
      seconds.length === 0
        ? 'Nothing is known of how the client did: the run has no health rows of its measured phase.'
        : `For ${unwatchedS.toFixed(1)} s of the measured phase nothing is known of how a load thread did.`,
    advice: 'Repeat the run with this version of Assay, and with room on the disk.',
  }
}

/** Client and target want the same cores. */
export const targetSharesCores: RunCheck = ({ run }) => {
  if (run.polling) return undefined
  return {
    code: 'target-shares-cores',
    severity: 'note',
    message:
      'The target runs on the cores of the client, so that load threads wait by timer rather than by polling: requests leave up to 2 ms late.',
    advice:
      'Pin the target and Assay to different cores (taskset), or put the target on another machine, when milliseconds matter.',
  }
}

import { type PhaseName, phases } from '../model/load.ts'

/** The phase results are about; the warm-up is not reported. */
export const measuredPhaseName: PhaseName = 'measure'

/** Its index: a record's `phase`. */
export const measuredPhase: number = phases.indexOf(measuredPhaseName)

import { requestIndexOf } from '../../model/truth.ts'
import { readRecording } from './recording.ts'
import type { TimingModel } from './timing-model.ts'

/**
 * Plays the timelines of a recorded run (see recording.ts): the request with index i gets line i modulo their
 * number; requests without an index are dealt lines in order of arrival.
 */
export interface ReplayTiming {
  readonly kind: 'replay'
  /** Path of the recording. */
  readonly file: string
}

/** Throws `reference-option` for a file that cannot be read or is no recording. */
export async function replayTiming({ file }: ReplayTiming): Promise<TimingModel> {
  const recording = await readRecording(file)
  let dealt = 0
  return {
    timeline: ({ requestId }) => recording.timeline((requestIndexOf(requestId) ?? dealt++) % recording.lines),
    reset() {
      dealt = 0
    },
  }
}

import type { ProbeResult } from './probe-result.ts'

// What JSON leaves as it is and a terminal obeys: C1 controls, direction overrides, separators.
const steering = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu

/** The result as JSON that is also safe to look at in a terminal. */
export function probeJson(result: ProbeResult): string {
  const escaped = JSON.stringify(result, undefined, 2).replaceAll(steering, (character) =>
    // In JSON a character beyond the first plane is two escapes.
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
  return `${escaped}\n`
}

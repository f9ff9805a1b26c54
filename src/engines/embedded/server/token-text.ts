const replacement = '\uFFFD'
/** A character has at most four bytes; tokens that make none after this many are not UTF-8. */
const longestCharacter = 8

/** Turns tokens into text as they come; a token that ends inside a character waits for the rest of it. */
export interface TokenText {
  /** The text that is whole now; '' when the token only began a character. */
  push(token: number): string
  /** What is left at the end, broken characters as U+FFFD. */
  flush(): string
}

/** @param detokenize text of tokens, given some that came before them */
export function makeTokenText(
  detokenize: (tokens: readonly number[], before: readonly number[]) => string,
): TokenText {
  let pending: number[] = []
  let before: number[] = []
  const take = (text: string) => {
    before = [...before, ...pending].slice(-3)
    pending = []
    return text
  }
  return {
    push(token) {
      pending.push(token)
      const text = detokenize(pending, before)
      return text.endsWith(replacement) && pending.length < longestCharacter ? '' : take(text)
    },
    flush() {
      return pending.length === 0 ? '' : take(detokenize(pending, before))
    },
  }
}

/** Lets text through up to the first stop string; text that may be the beginning of one waits. */
export interface StopGate {
  push(text: string): { readonly text: string; readonly stopped: boolean }
  /** What was held back, when no stop string came of it. */
  flush(): string
}

/** The gate for these stop strings (none empty). */
export function makeStopGate(stops: readonly string[]): StopGate {
  let held = ''
  return {
    push(text) {
      held += text
      let first = -1
      for (const stop of stops) {
        const at = held.indexOf(stop)
        if (at >= 0 && (first < 0 || at < first)) first = at
      }
      const stopped = first >= 0
      const end = stopped ? first : held.length - waiting(held, stops)
      const through = held.slice(0, end)
      held = stopped ? '' : held.slice(end)
      return { text: through, stopped }
    },
    flush() {
      const rest = held
      held = ''
      return rest
    },
  }
}

/** Length of the longest end of the text that begins a stop string. */
function waiting(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length
    }
  }
  return longest
}

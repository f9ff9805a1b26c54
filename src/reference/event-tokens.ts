/** How a reply's tokens lie in its events. */
export interface EventTokens {
  /** May be Infinity. */
  readonly events: number
  /** Tokens in the events before this one; with the number of events, all. Goes on beyond the last event. */
  before(event: number): number
}

/** As many tokens an event; the last one has what is left. */
export function evenly(tokens: number, perEvent: number): EventTokens {
  return {
    events: Math.ceil(tokens / perEvent),
    before: (event) => Math.min(event * perEvent, tokens),
  }
}

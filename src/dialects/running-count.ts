/** What the columns of events hold. */
export const maxEventTokens = 65_535

/** Tells how many tokens an event brings, where events state how many there are by now. */
export class RunningCount {
  /** Tokens by the last event, if it stated them. */
  #last: number | undefined = 0

  reset(): void {
    this.#last = 0
  }

  /**
   * Tokens since the last event; `undefined` when one of the two states no count, or this one a smaller count, with which
   * counting begins anew.
   */
  since(stated: unknown): number | undefined {
    const before = this.#last
    this.#last = typeof stated === 'number' && Number.isInteger(stated) && stated >= 0 ? stated : undefined
    if (before === undefined || this.#last === undefined || this.#last < before) return undefined
    return this.#last - before
  }
}

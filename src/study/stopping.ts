/** How whoever started a study ends it early. */
export interface StudyControl {
  /** Sends no more, lets what is in flight end, and reports what is there. */
  stop(): void
  /** Ends what is in flight as well; the report is still written. */
  cancel(): void
}

/** Passes the user's wish on to the load that is running, if one is. */
export class Stopping implements StudyControl {
  #stopped = false
  #cancelled = false
  #load: StudyControl | undefined
  readonly #abort = new AbortController()

  /** Aborts with the first wish to stop, for what comes before a load. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** From now on `load` is the one to stop. */
  follow(load: StudyControl): void {
    this.#load = load
    if (this.#cancelled) load.cancel()
    else if (this.#stopped) load.stop()
  }

  stop(): void {
    this.#stopped = true
    this.#abort.abort()
    this.#load?.stop()
  }

  cancel(): void {
    this.#stopped = true
    this.#abort.abort()
    this.#cancelled = true
    this.#load?.cancel()
  }
}

import type { Balance } from '../../model/target.ts'

/** Says which endpoint a request goes to, and keeps count of what is in flight at each. */
export class Balancer {
  readonly #inFlight: number[]
  /** Where the search for the least begins: requests that find all alike take turns. */
  #turn = 0
  /** Whether the endpoint depends on the request alone, so that its bytes can be made for it ahead. */
  readonly isFixed: boolean

  constructor(endpoints: number, balance: Balance) {
    this.#inFlight = Array.from({ length: endpoints }, () => 0)
    this.isFixed = balance === 'round-robin' || endpoints === 1
  }

  /** The endpoint of request `index`, which is about to be sent. */
  next(index: number): number {
    const endpoints = this.#inFlight.length
    if (this.isFixed) return index % endpoints
    const first = this.#turn
    let best = first
    for (let i = 1; i < endpoints; i++) {
      const at = (first + i) % endpoints
      if ((this.#inFlight[at] ?? 0) < (this.#inFlight[best] ?? 0)) best = at
    }
    this.#turn = (best + 1) % endpoints
    return best
  }

  began(endpoint: number): void {
    this.#inFlight[endpoint] = (this.#inFlight[endpoint] ?? 0) + 1
  }

  /** To be called once for each `began`, before anyone hears that the request is over. */
  over(endpoint: number): void {
    this.#inFlight[endpoint] = (this.#inFlight[endpoint] ?? 0) - 1
  }
}

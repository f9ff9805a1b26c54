import type { EventTokens } from '../event-tokens.ts'

/** Nanoseconds after a request's start at which its event k (from 0) is due; never falls with k. */
export type DueTimes = (event: number) => number

/** What may decide a request's times. */
export interface TimedRequest {
  readonly requestId: string | undefined
  /** The how-manieth accepted connection brought it, and the how-manieth generation request of that it is. */
  readonly connection: number
  readonly position: number
}

/** One reply's times. */
export interface Timeline {
  readonly due: DueTimes
  /** The events it consists of, instead of what the request asks for. */
  readonly recorded?: EventTokens
}

/** Gives each request its times. */
export interface TimingModel {
  timeline(request: TimedRequest): Timeline
  /** Deals out anew what is dealt in order of arrival. */
  reset(): void
}

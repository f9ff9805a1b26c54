import type { Ending } from './reply.ts'

/** How a generation request is answered; what is absent is done as a sound server does it. */
export interface Behaviour {
  /** Never answers. */
  readonly silent?: true
  /**
   * Answers with this, at once, instead of generating. `path` is the request's without the fault's prefix; `error` is
   * how the server asked words its errors.
   */
  readonly instead?: (
    path: string,
    error: (status: number, type: string, message: string) => string,
  ) => {
    readonly status: number
    readonly type: string
    readonly body: string
    readonly lines?: readonly string[]
  }
  /** Sends a comment every so often and nothing else, for ever. */
  readonly dripMs?: number
  /** How many tokens are made of those asked for; may be Infinity. */
  readonly outputTokens?: (asked: number) => number
  readonly finishReason?: 'stop'
  /** Tokens in one event. */
  readonly tokensPerFrame?: number
  /** Events in one write. */
  readonly framesPerWrite?: number
  /** The role goes out with the head, not with the first token. */
  readonly roleAtOnce?: true
  /** The finish reason comes in a frame of its own. */
  readonly finishApart?: true
  /** No `[DONE]`. */
  readonly noDone?: true
  readonly usage?: 'wrong' | 'none'
  /** Text of the body put before the middle event. */
  readonly garbage?: string
  /** The middle event and all after it come this much later. */
  readonly stallMs?: number
  /** Ends the stream before its first event, or before its middle one. */
  readonly halt?: {
    readonly at: 'start' | 'middle'
    /** What is sent last: half of the next event, an error event, an invalid chunk, or just the body's end. */
    readonly with: 'half-event' | 'error' | 'bad-chunk' | 'end'
    readonly ending: Ending
  }
  /** The body comes compressed, all at once, when its last token is due. */
  readonly gzip?: true
  /** Content-Length and a body as it is, instead of chunks. */
  readonly knownLength?: true
  /** How the bytes of head and body are cut into writes, one a turn of the event loop. */
  readonly cut?: 'single-bytes' | 'random'
  /** Sent before the head. */
  readonly preamble?: string
  /** Further header lines. */
  readonly lines?: readonly string[]
  /** The connection is closed after the reply; `announced` in its head or not. */
  readonly close?: 'announced' | 'unannounced'
}

/** How far the usage of `wrong-usage` is off. */
const wrongByTokens = 7

/** The count that a server states of so many tokens; absent when it is to state none. */
export function countedTokens({ usage }: Behaviour, tokens: number): number | undefined {
  if (usage === 'none') return undefined
  return usage === 'wrong' ? tokens + wrongByTokens : tokens
}

import { STATUS_CODES } from 'node:http'
import { noBytes } from './framing.ts'

/** What happens to the connection when a reply is through. `reset` sends RST, `destroy` closes at once. */
export type Ending = 'keep' | 'close' | 'destroy' | 'reset'

/** A reply as the bytes of its steps and when each is due. */
export interface Reply {
  /** Written as soon as the request is there; empty when the head comes with the first step. */
  readonly head: Buffer
  /** How many steps there are; may be Infinity. */
  readonly steps: number
  /** Nanoseconds after the reply's start; never falls with the step, and is asked for in order. */
  dueNs(step: number): number
  /** Called once a step, in order. */
  bytes(step: number): Buffer
  /** Token events in the step's bytes. */
  events(step: number): number
  /** Tokens in the step's how-manieth event, from 0. */
  tokens(step: number, event: number): number
  /** The answer that the event belongs to, from 0. */
  answer(step: number, event: number): number
  readonly ending: Ending
}

/** How the client and the behaviour want a reply sent. */
export interface Delivery {
  /** The head announces that the connection is closed after the reply. */
  readonly closes: boolean
  /** `until-close` for HTTP/1.0. */
  readonly body: 'chunked' | 'until-close' | { readonly bytes: number }
  /** Further header lines. */
  readonly lines?: readonly string[]
  /** Sent before the head. */
  readonly preamble?: string
  /** Header lines by which the server is known; absent: its own name. */
  readonly server?: readonly string[]
}

const ownServer = ['Server: assay-reference']

/** The head of a reply. Every reply says that it is simulated. */
export function renderHead(status: number, type: string, delivery: Delivery): Buffer {
  const { body, closes, lines = [], preamble = '', server = ownServer } = delivery
  const framing =
    body === 'chunked'
      ? ['Transfer-Encoding: chunked']
      : body === 'until-close'
        ? []
        : [`Content-Length: ${body.bytes}`]
  const closing = closes || body === 'until-close' ? ['Connection: close'] : []
  const all = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unnamed'}`,
    ...server,
    'X-Assay-Timings: simulated',
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    ...framing,
    ...closing,
    ...lines,
  ]
  return Buffer.from(`${preamble}${all.join('\r\n')}\r\n\r\n`)
}

/** A reply of one step, head included. */
export function oneStep(
  bytes: Buffer,
  ending: Ending,
  /** Its events: `tokens` of each. */
  event: {
    readonly dueNs: number
    readonly tokens: readonly number[]
    /** Whose each event is; absent: event k is answer k. */
    readonly answers?: readonly number[]
  } = { dueNs: 0, tokens: [] },
): Reply {
  const { dueNs, tokens, answers } = event
  return {
    head: noBytes,
    steps: 1,
    dueNs: () => dueNs,
    bytes: () => bytes,
    events: () => tokens.length,
    tokens: (_, event) => tokens[event] ?? 0,
    answer: (_, event) => (answers === undefined ? event : (answers[event] ?? 0)),
    ending,
  }
}

/** A whole reply with a body of known length, at once. */
export function atOnce(status: number, type: string, body: string, delivery: Omit<Delivery, 'body'>): Reply {
  const bytes = Buffer.from(body)
  const head = renderHead(status, type, { ...delivery, body: { bytes: bytes.length } })
  return oneStep(Buffer.concat([head, bytes]), delivery.closes ? 'close' : 'keep')
}

import type { Behaviour } from './behaviour.ts'

interface Fault {
  /** One sentence for docs/reference-server.md. */
  readonly summary: string
  /** `n` is the number at the end of a name that is listed with `-N`. */
  behave(n: number): Behaviour
}

const html = '<!doctype html><html><body><h1>Not what you asked for</h1></body></html>'
const longHeaderBytes = 128 * 1024

/** Everything the server can be asked to do wrong, or oddly: `/fault/<name>/v1/…`. */
export const faults: Readonly<Record<string, Fault>> = {
  'status-N': {
    summary: 'Status N (400 to 599) with a JSON error; 429 and 503 say `Retry-After: 2`.',
    behave: (status) => ({ instead: (_path, error) => refusal(status, error) }),
  },
  'status-500-after-headers': {
    summary:
      '200 at once; when the first token is due, an error event instead of it, as the engine words it, or a break.',
    behave: () => ({ halt: { at: 'start', with: 'error', ending: 'keep' } }),
  },
  'error-200': {
    summary: '200 and half of the tokens, then an error event, as the engine words it, or a break.',
    behave: () => ({ halt: { at: 'middle', with: 'error', ending: 'keep' } }),
  },
  'http-404-html': {
    summary: '404 with an HTML page.',
    behave: () => ({ instead: () => ({ status: 404, type: 'text/html; charset=utf-8', body: html }) }),
  },
  'not-json': {
    summary: '200 with an HTML page.',
    behave: () => ({ instead: () => ({ status: 200, type: 'text/html; charset=utf-8', body: html }) }),
  },
  redirect: {
    summary: '307 to the same path without the fault.',
    behave: () => ({
      instead: (path) => ({ status: 307, type: 'text/plain', body: '', lines: [`Location: ${path}`] }),
    }),
  },
  never: { summary: 'Takes the request and never answers.', behave: () => ({ silent: true }) },
  cut: {
    summary: 'The connection is closed (FIN) inside the middle event.',
    behave: () => ({ halt: { at: 'middle', with: 'half-event', ending: 'destroy' } }),
  },
  reset: {
    summary: 'Half of the middle event, then 10 ms later a reset (RST); over TLS a close.',
    behave: () => ({ halt: { at: 'middle', with: 'half-event', ending: 'reset' } }),
  },
  truncated: {
    summary: 'The body ends in good order after half of the tokens: no finish reason, no usage, no `[DONE]`.',
    behave: () => ({ halt: { at: 'middle', with: 'end', ending: 'keep' } }),
  },
  'bad-chunk': {
    summary: 'An invalid chunk size in the middle, then the connection ends.',
    behave: () => ({ halt: { at: 'middle', with: 'bad-chunk', ending: 'close' } }),
  },
  'malformed-sse': {
    summary: 'Before the middle event, a line without meaning and an event that is not JSON.',
    behave: () => ({ garbage: '\u0001 no field here\n\ndata: {"choices":[{"index":0,\n\n' }),
  },
  drip: {
    summary: '200, then a comment every 100 ms for ever, and no token.',
    behave: () => ({ dripMs: 100 }),
  },
  endless: {
    summary: 'Tokens for ever, at most one a millisecond, whatever was asked for.',
    behave: () => ({ outputTokens: () => Number.POSITIVE_INFINITY }),
  },
  stall: {
    summary: 'The middle event and all after it come 500 ms later.',
    behave: () => ({ stallMs: 500 }),
  },
  empty: {
    summary: 'No token: a finish reason with empty text, usage of 0, `[DONE]`.',
    behave: () => ({ outputTokens: () => 0, finishReason: 'stop' }),
  },
  short: {
    summary: 'Half of the tokens asked for, with the finish reason `stop`.',
    behave: () => ({ outputTokens: (asked) => Math.ceil(asked / 2), finishReason: 'stop' }),
  },
  'wrong-usage': {
    summary: 'Usage counts 7 output tokens more than were sent.',
    behave: () => ({ usage: 'wrong' }),
  },
  'no-usage': {
    summary: 'No usage, although it was asked for; engines that count in every event go on doing so.',
    behave: () => ({ usage: 'none' }),
  },
  'no-done': {
    summary: 'The stream ends with its finish reason and without `[DONE]`.',
    behave: () => ({ noDone: true }),
  },
  'finish-apart': {
    summary: 'The finish reason comes in a frame of its own after the last token (OpenAI, llama.cpp).',
    behave: () => ({ finishApart: true }),
  },
  'role-first': {
    summary: 'The role frame goes out with the head, before the first token is due.',
    behave: () => ({ roleAtOnce: true }),
  },
  'bundle-N': {
    summary: 'N tokens in one event; event k is due when token k would be.',
    behave: (n) => ({ tokensPerFrame: n }),
  },
  'join-N': {
    summary: 'N events of one token each in one write; write k is due when token k would be.',
    behave: (n) => ({ framesPerWrite: n }),
  },
  'one-byte': {
    summary: 'Every byte of the reply is written by itself, in a turn of the event loop of its own.',
    behave: () => ({ cut: 'single-bytes' }),
  },
  split: {
    summary: 'Events are cut into chunks, and chunks into writes, anywhere at random (seeded).',
    behave: () => ({ cut: 'random' }),
  },
  gzip: {
    summary: 'The body is compressed although nobody asked, and comes when the last token is due.',
    behave: () => ({ gzip: true }),
  },
  'huge-header': {
    summary: 'A header line of 128 KiB, then the reply.',
    behave: () => ({ lines: [`X-Huge: ${'x'.repeat(longHeaderBytes)}`] }),
  },
  'continue-100': {
    summary: '`100 Continue` before the reply, unasked.',
    behave: () => ({ preamble: 'HTTP/1.1 100 Continue\r\n\r\n' }),
  },
  'content-length': {
    summary: 'The stream has a Content-Length and no chunks.',
    behave: () => ({ knownLength: true }),
  },
  'connection-close': {
    summary: '`Connection: close`, and closed after the reply.',
    behave: () => ({ close: 'announced' }),
  },
  'close-idle': {
    summary: 'The connection is closed right after the reply without a word.',
    behave: () => ({ close: 'unannounced' }),
  },
}

/** The behaviour of that name (`cut`, `bundle-4`), or undefined when there is none. */
export function behaviourNamed(name: string): Behaviour | undefined {
  if (Object.hasOwn(faults, name) && !name.endsWith('-N')) return faults[name]?.behave(0)
  const numbered = /^(.+)-([1-9]\d{0,5})$/.exec(name)
  const fault = numbered === null ? undefined : faults[`${numbered[1]}-N`]
  const n = Number(numbered?.[2])
  if (fault === undefined || (numbered?.[1] === 'status' && (n < 400 || n > 599))) return undefined
  return fault.behave(n)
}

function refusal(status: number, error: (status: number, type: string, message: string) => string) {
  const type = errorTypes[status] ?? (status >= 500 ? 'InternalServerError' : 'BadRequestError')
  const lines = status === 429 || status === 503 ? ['Retry-After: 2'] : []
  const body = error(status, type, `Simulated refusal with status ${status}.`)
  return { status, type: 'application/json', body, lines }
}

const errorTypes: Readonly<Record<number, string>> = {
  401: 'AuthenticationError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  503: 'ServiceUnavailableError',
}

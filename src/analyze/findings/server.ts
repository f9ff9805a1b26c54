import { nsPerMs } from '../../metrics/instants.ts'
import { type ErrorKind, eventFlags, type RequestRecord } from '../../model/record.ts'
import { outOf, type RunCheck } from './run-check.ts'

/** What a request meets when nobody is there. */
const gone: readonly ErrorKind[] = ['connect', 'reset', 'truncated', 'stale-connection']
/** Fewer failures at the end of a run can be chance. */
const leastLost = 3

/** From one moment on nobody answered, to the end. */
export const serverDied: RunCheck = ({ records }) => {
  const ended = records
    .filter(({ endNs, outcome }) => endNs !== undefined && outcome.kind !== 'cancelled')
    .sort((a, b) => (a.endNs ?? 0) - (b.endNs ?? 0))
  const lastAnswer = ended.findLastIndex(({ outcome }) => outcome.kind === 'completed')
  const after = ended.slice(lastAnswer + 1)
  if (lastAnswer < 0 || after.length < leastLost || !after.every(isLost)) return undefined
  const refused = after.filter(
    ({ outcome }) => outcome.kind === 'failed' && outcome.error === 'connect',
  ).length
  // A server that is there drops connections, but takes new ones.
  if (refused === 0) return undefined
  const atS = (ended[lastAnswer]?.endNs ?? 0) / 1e9
  return {
    code: 'server-died',
    severity: 'invalid',
    message: `The last answer came ${atS.toFixed(1)} s into the run. After it ${after.length} requests failed, ${refused} of them because nobody listened any more.`,
    advice:
      'Read the end of the server’s log: it may have run out of memory. Then lower the load or its limits.',
  }
}

function isLost({ outcome }: RequestRecord): boolean {
  return outcome.kind === 'failed' && gone.includes(outcome.error)
}

/** Replies with fewer events say nothing of how they come. */
const leastEvents = 4
/** A stream that is passed on as it comes shares reads now and then; this share (0..1) of whole replies is no chance. */
const bufferedShare = 0.5
/** One read of a reply that took less time (ms) than this may hold all of it. */
const leastReplyMs = 20

/** Replies came whole, in one read at their end, though they are streams of many events. */
export const bufferedStream: RunCheck = ({ completed, touched }) => {
  // A client without a core reads late, and much at once.
  const streams = completed
    .filter((record) => !touched.has(record))
    .filter(
      ({ events, sentNs, endNs }) =>
        events.atNs.length >= leastEvents &&
        sentNs !== undefined &&
        endNs !== undefined &&
        endNs - sentNs >= leastReplyMs * nsPerMs,
    )
  const whole = streams.filter(({ events }) =>
    events.flags.every((flags, i) => i === 0 || (flags & eventFlags.coalesced) !== 0),
  ).length
  if (whole === 0 || whole <= bufferedShare * streams.length) return undefined
  return {
    code: 'buffered-stream',
    severity: 'invalid',
    message: `${outOf(whole, streams.length)} streamed replies came in one read at their end: something between the model and Assay holds them back, and time to first token is the time of the whole reply.`,
    advice:
      'Measure without the proxy, or turn its buffering off (nginx: proxy_buffering off; compression too). The server itself may also collect what it should stream.',
  }
}

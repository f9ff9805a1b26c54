import type { Behaviour } from './behaviour.ts'
import { type EventTokens, evenly } from './event-tokens.ts'
import { type Asked, answersTo } from './shapes/shape.ts'
import type { Timeline } from './timing/timing-model.ts'

/** How a reply's tokens lie in its frames, and these in its answers and steps. */
export interface AnswerEvents {
  readonly answers: number
  /** Frames with tokens, of all answers; may be Infinity. */
  readonly frames: number
  /** Frames that come together, before faults join more. */
  readonly perStep: number
  /** Every frame has one token. */
  readonly singly: boolean
  answerOf(frame: number): number
  tokensIn(frame: number): number
  /** The tokens that this answer said before the frame, which is one of its own. */
  firstIn(frame: number): number
  /** Whether the answer goes on after the frame. */
  isLast(frame: number): boolean
  /** Tokens of one answer. */
  tokensOf(answer: number): number
}

/**
 * Answers advance together, a frame of each in every step, or one after the other where the server does it so. A
 * recording says when events came and not whose they were: it is dealt out to the answers in turn.
 */
export function answerEvents(
  asked: Asked,
  behaviour: Behaviour,
  timeline: Timeline,
  inTurn: boolean,
): AnswerEvents {
  const answers = answersTo(asked)
  const perFrame = behaviour.tokensPerFrame ?? 1
  if (timeline.recorded !== undefined) return recordedEvents(timeline.recorded, behaviour, answers)
  const made = behaviour.outputTokens?.(asked.outputTokens) ?? asked.outputTokens
  const tokens = evenly(made, perFrame)
  const each = tokens.events
  const isOrdered = inTurn && Number.isFinite(each)
  const within = (frame: number) =>
    answers === 1 ? frame : isOrdered ? frame % each : Math.floor(frame / answers)
  return {
    answers,
    frames: answers * each,
    perStep: isOrdered ? 1 : answers,
    singly: perFrame === 1,
    answerOf: (frame) => (answers === 1 ? 0 : isOrdered ? Math.floor(frame / each) : frame % answers),
    tokensIn: (frame) => tokens.before(within(frame) + 1) - tokens.before(within(frame)),
    firstIn: (frame) => tokens.before(within(frame)),
    isLast: (frame) => within(frame) === each - 1,
    tokensOf: () => made,
  }
}

function recordedEvents(recorded: EventTokens, behaviour: Behaviour, answers: number): AnswerEvents {
  const frames = behaviour.outputTokens?.(recorded.events) ?? recorded.events
  const tokensIn = (frame: number) => recorded.before(frame + 1) - recorded.before(frame)
  const said = (answer: number, until: number) => {
    if (answers === 1) return recorded.before(until)
    let tokens = 0
    for (let frame = answer; frame < until; frame += answers) tokens += tokensIn(frame)
    return tokens
  }
  return {
    answers,
    frames,
    perStep: 1,
    singly: false,
    answerOf: (frame) => frame % answers,
    tokensIn,
    firstIn: (frame) => said(frame % answers, frame),
    isLast: (frame) => frame + answers >= frames,
    tokensOf: (answer) => said(answer, frames),
  }
}

import { answerEvents } from './answer-events.ts'
import { type Behaviour, countedTokens } from './behaviour.ts'
import { oneStep, type Reply, renderHead } from './reply.ts'
import { type Asked, answersTo, type Identity, type Shape } from './shapes/shape.ts'
import type { Timeline } from './timing/timing-model.ts'
import { tokenText } from './words.ts'

/** What a reply that is not streamed is made of. */
export interface WholeOptions {
  readonly shape: Shape
  readonly server?: readonly string[]
  readonly asked: Asked
  readonly identity: Identity
  readonly behaviour: Behaviour
  readonly timeline: Timeline
  readonly closes: boolean
}

/** The answers to a request that are not streamed: one event each, due when the last token is. */
function wholeAnswers({ shape, asked, behaviour, timeline }: WholeOptions) {
  const { tokensPerFrame: _, ...rest } = behaviour
  const meant = answerEvents(asked, rest, timeline, shape.inTurn)
  // A reply without an end is never whole: it is answered as it was asked.
  const { outputTokens: __, ...ended } = rest
  const events = Number.isFinite(meant.frames) ? meant : answerEvents(asked, ended, timeline, shape.inTurn)
  const tokens = Array.from({ length: answersTo(asked) }, (___, answer) => events.tokensOf(answer))
  const answers = tokens.map((count) => {
    const counted = countedTokens(behaviour, count)
    const finish = { reason: behaviour.finishReason ?? 'length', tokens: count } as const
    return {
      text: tokenText(0, count),
      finish: counted === undefined ? finish : { ...finish, counted },
    }
  })
  const steps = Math.ceil(events.frames / events.perStep)
  const dueNs = timeline.due(Math.max(0, steps - 1))
  return { answers, event: { dueNs, tokens: events.frames === 0 ? [] : tokens } }
}

/** A reply that is not streamed, of one step. */
export function wholeReply(options: WholeOptions): Reply {
  const { shape, asked, identity, behaviour, server } = options
  const { answers, event } = wholeAnswers(options)
  const body = Buffer.from(shape.whole(asked, identity, answers))
  const closes = options.closes || behaviour.close === 'announced'
  const lines = behaviour.lines ?? []
  const preamble = behaviour.preamble ?? ''
  const head = renderHead(200, 'application/json', {
    closes,
    lines,
    preamble,
    body: { bytes: body.length },
    ...(server === undefined ? {} : { server }),
  })
  const bytes = Buffer.concat([head, body])
  const ending = closes || behaviour.close === 'unannounced' ? 'close' : 'keep'
  if (behaviour.halt?.with === 'half-event') {
    return oneStep(bytes.subarray(0, head.length + (body.length >> 1)), behaviour.halt.ending)
  }
  return oneStep(bytes, ending, event)
}

/** The same as the only message of a call of gRPC: its frames stand for the body. */
export function wholeCall(options: WholeOptions): Reply {
  const { shape, asked, identity, behaviour } = options
  const { answers, event } = wholeAnswers(options)
  const [answer] = answers
  const { tokens = 0, ...finish } = answer?.finish ?? { reason: 'stop' as const }
  const bytes = shape
    .frames(asked, identity)
    .text({ answer: 0, first: 0, count: tokens, alone: true, finish: { tokens, ...finish } })
  const { halt } = behaviour
  if (halt?.with === 'half-event') return oneStep(bytes.subarray(0, bytes.length >> 1), halt.ending)
  return oneStep(bytes, 'keep', event)
}

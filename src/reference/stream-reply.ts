import { gzipSync } from 'node:zlib'
import { type AnswerEvents, answerEvents } from './answer-events.ts'
import { type Behaviour, countedTokens } from './behaviour.ts'
import { type Cut, randomCut } from './cuts.ts'
import { chunked, type Framing, identity, lastChunk, noBytes } from './framing.ts'
import { type Delivery, type Ending, oneStep, type Reply, renderHead } from './reply.ts'
import type { Asked, Finish, Frames, Identity, Shape } from './shapes/shape.ts'
import type { Timeline } from './timing/timing-model.ts'

const NS_PER_MS = 1e6
/** So that a stream without end cannot take all of the machine. */
const minEndlessGapNs = NS_PER_MS
const failureMessage = 'Simulated failure.'

export interface StreamOptions {
  readonly shape: Shape
  /** Of the persona: header lines of every reply. */
  readonly server?: readonly string[]
  readonly asked: Asked
  readonly identity: Identity
  readonly timeline: Timeline
  readonly behaviour: Behaviour
  /** The client wants the connection closed. */
  readonly closes: boolean
  /** The client knows chunks. */
  readonly chunked: boolean
  /** Of this reply: where it is cut. */
  readonly seed: number
}

/** A streamed reply: the head at once, then one step an event, or one event of each answer. */
export function streamReply(options: StreamOptions): Reply {
  const { behaviour, shape, server } = options
  const { streamType } = shape
  const closes = options.closes || behaviour.close === 'announced'
  const ending = closes || behaviour.close === 'unannounced' ? 'close' : 'keep'
  const delivery: Omit<Delivery, 'body'> = {
    closes,
    lines: behaviour.lines ?? [],
    preamble: behaviour.preamble ?? '',
    ...(server === undefined ? {} : { server }),
  }
  if (behaviour.dripMs !== undefined) return drip(behaviour.dripMs, shape, options.chunked, delivery)
  if (behaviour.gzip === true || behaviour.knownLength === true || !options.chunked) {
    const stream = new EventStream(options, identity, noBytes, options.chunked ? ending : 'close')
    if (behaviour.gzip === true) return compressed(stream, streamType, delivery)
    const body = behaviour.knownLength === true ? { bytes: totalBytes(options) } : 'until-close'
    return stream.headed(renderHead(200, streamType, { ...delivery, body }))
  }
  const framing = behaviour.cut === 'random' ? inPieces(randomCut(options.seed)) : chunked
  const stream = new EventStream(options, framing, lastChunk, ending)
  return stream.headed(renderHead(200, streamType, { ...delivery, body: 'chunked' }))
}

/** A streamed call of gRPC: its messages without a head, which goes out with the first of them. */
export function callReply(options: StreamOptions): Reply {
  return new EventStream(options, identity, noBytes, 'keep').headed(noBytes)
}

/** The steps of a stream; step k holds the frames [k, k + 1) × what comes together. */
class EventStream implements Reply {
  head: Buffer = noBytes
  readonly steps: number
  readonly ending: Ending
  readonly #options: StreamOptions
  readonly #frames: Frames
  readonly #framing: Framing
  /** Ends the body. */
  readonly #terminator: Buffer
  readonly #events: AnswerEvents
  readonly #perStep: number
  readonly #plain: Frames['plain']
  /** Frames before this one have one token each, and their answers go on. */
  readonly #plainUntil: number
  readonly #middle: number
  /** The step that ends the stream before its time; Infinity when none does. */
  readonly #haltStep: number
  readonly #stallNs: number
  readonly #finishReason: Finish['reason']
  readonly #failure: readonly Buffer[] | undefined

  constructor(options: StreamOptions, framing: Framing, terminator: Buffer, ending: Ending) {
    const { asked, behaviour, timeline, shape } = options
    this.#options = options
    this.#frames = shape.frames(asked, options.identity)
    this.#framing = framing
    this.#terminator = terminator
    const events = answerEvents(asked, behaviour, timeline, shape.inTurn)
    this.#events = events
    this.#perStep = events.perStep * (behaviour.framesPerWrite ?? 1)
    const steps = Math.max(1, Math.ceil(events.frames / this.#perStep))
    this.#middle = Math.floor(steps / 2)
    this.#stallNs = (behaviour.stallMs ?? 0) * NS_PER_MS
    this.#finishReason = behaviour.finishReason ?? 'length'
    const isPlain = events.singly && this.#perStep === 1 && events.answers === 1
    this.#plain = isPlain && behaviour.garbage === undefined ? this.#frames.plain : undefined
    const halt = behaviour.halt
    this.#haltStep = halt === undefined ? Number.POSITIVE_INFINITY : halt.at === 'start' ? 0 : this.#middle
    this.steps = Math.min(steps, this.#haltStep + 1)
    this.#plainUntil = this.steps - 1
    this.#failure = halt?.with === 'error' ? this.#frames.failure(failureMessage) : undefined
    // A server that cannot tell of its failure breaks off.
    const breaksOff = halt?.with === 'error' && this.#failure === undefined
    this.ending = breaksOff ? 'destroy' : halt === undefined || halt.ending === 'keep' ? ending : halt.ending
  }

  /** Puts the head, and what goes out with it, in place. */
  headed(head: Buffer): this {
    const opening = this.#opensAtOnce() ? this.#frames.opening() : []
    this.head =
      opening.length === 0 ? head : Buffer.concat([head, ...opening.map((frame) => this.#put(frame))])
    return this
  }

  dueNs(step: number): number {
    const dueNs = this.#options.timeline.due(step)
    if (this.steps === Number.POSITIVE_INFINITY) return Math.max(dueNs, step * minEndlessGapNs)
    return step >= this.#middle ? dueNs + this.#stallNs : dueNs
  }

  events(step: number): number {
    if (step === this.#haltStep) return 0
    return Math.min(this.#perStep, this.#events.frames - step * this.#perStep)
  }

  tokens(step: number, event: number): number {
    return this.#events.singly ? 1 : this.#events.tokensIn(step * this.#perStep + event)
  }

  answer(step: number, event: number): number {
    return this.#events.answerOf(step * this.#perStep + event)
  }

  bytes(step: number): Buffer {
    if (this.#plain !== undefined && step > 0 && step < this.#plainUntil) {
      return this.#framing(this.#plain.beforeText, this.#plain.tail(step))
    }
    const { behaviour } = this.#options
    const opening = step === 0 && !this.#opensAtOnce() ? this.#frames.opening() : []
    const parts = opening.map((frame) => this.#put(frame))
    if (step === this.#haltStep) return Buffer.concat([...parts, ...this.#haltParts()])
    if (behaviour.garbage !== undefined && step === this.#middle) {
      parts.push(this.#put(Buffer.from(behaviour.garbage)))
    }
    const first = step * this.#perStep
    for (let frame = first; frame < Math.min(first + this.#perStep, this.#events.frames); frame++) {
      parts.push(...this.#textFrames(frame).map((bytes) => this.#put(bytes)))
    }
    if (step === this.steps - 1) parts.push(...this.#lastParts())
    return Buffer.concat(parts)
  }

  /** A frame may be empty, and an empty chunk would end the body. */
  #put(frame: Buffer): Buffer {
    return frame.length === 0 ? noBytes : this.#framing(frame, noBytes)
  }

  #opensAtOnce(): boolean {
    const { behaviour, shape } = this.#options
    return behaviour.roleAtOnce === true || shape.opensAtOnce
  }

  /** A frame with tokens, and the one after it that ends its answer where that comes apart. */
  #textFrames(frame: number): Buffer[] {
    const { behaviour, shape } = this.#options
    const events = this.#events
    const answer = events.answerOf(frame)
    const spoken = { answer, first: events.firstIn(frame), count: events.tokensIn(frame) }
    const alone = events.perStep === 1
    if (!events.isLast(frame)) return [this.#frames.text({ ...spoken, alone })]
    const finish = this.#finish(answer)
    const apart = behaviour.finishApart === true || shape.finishesApart
    if (!apart) return [this.#frames.text({ ...spoken, alone, finish })]
    return [this.#frames.text({ ...spoken, alone }), this.#frames.finish(answer, finish)]
  }

  #finish(answer: number): Finish {
    const tokens = this.#events.tokensOf(answer)
    const counted = countedTokens(this.#options.behaviour, tokens)
    return { reason: this.#finishReason, tokens, ...(counted === undefined ? {} : { counted }) }
  }

  #lastParts(): Buffer[] {
    const { behaviour } = this.#options
    const events = this.#events
    const frames: Buffer[] = []
    let tokens = 0
    for (let answer = 0; answer < events.answers; answer++) {
      tokens += events.tokensOf(answer)
      // Nobody spoke, so nobody said that this was the end.
      if (answer >= events.frames) frames.push(this.#frames.finish(answer, this.#finish(answer)))
    }
    const counted = countedTokens(behaviour, tokens)
    const ending = { done: behaviour.noDone !== true, ...(counted === undefined ? {} : { counted }) }
    frames.push(...this.#frames.ending(ending))
    return [...frames.map((frame) => this.#put(frame)), this.#terminator]
  }

  #haltParts(): Buffer[] {
    const how = this.#options.behaviour.halt?.with ?? 'end'
    switch (how) {
      case 'half-event': {
        const frames = Array.from({ length: this.#events.perStep }, (_, k) =>
          this.#textFrames(this.#haltStep * this.#perStep + k),
        )
        const whole = this.#put(frames.flat().find((frame) => frame.length > 0) ?? noBytes)
        return [whole.subarray(0, whole.length >> 1)]
      }
      case 'error':
        return this.#failure === undefined
          ? []
          : [...this.#failure.map((frame) => this.#put(frame)), this.#terminator]
      case 'bad-chunk':
        return [Buffer.from('not a chunk size\r\ndata: {}\n\n\r\n')]
      case 'end':
        return [this.#terminator]
      default:
        return how satisfies never
    }
  }
}

function totalBytes(options: StreamOptions): number {
  const stream = new EventStream(options, identity, noBytes, 'keep')
  let bytes = stream.headed(noBytes).head.length
  for (let step = 0; step < stream.steps; step++) bytes += stream.bytes(step).length
  return bytes
}

function compressed(stream: EventStream, streamType: string, delivery: Omit<Delivery, 'body'>): Reply {
  const all = [stream.headed(noBytes).head]
  const tokens: number[] = []
  const answers: number[] = []
  let dueNs = 0
  for (let step = 0; step < stream.steps; step++) {
    all.push(stream.bytes(step))
    dueNs = stream.dueNs(step)
    const events = stream.events(step)
    for (let event = 0; event < events; event++) {
      tokens.push(stream.tokens(step, event))
      answers.push(stream.answer(step, event))
    }
  }
  const body = gzipSync(Buffer.concat(all))
  const lines = [...(delivery.lines ?? []), 'Content-Encoding: gzip']
  const head = renderHead(200, streamType, { ...delivery, lines, body: { bytes: body.length } })
  return oneStep(Buffer.concat([head, body]), stream.ending, { dueNs, tokens, answers })
}

function drip(
  everyMs: number,
  { keepAlive, streamType }: Shape,
  chunks: boolean,
  delivery: Omit<Delivery, 'body'>,
): Reply {
  const comment = Buffer.from(keepAlive)
  const bytes = chunks ? chunked(comment, noBytes) : comment
  return {
    head: renderHead(200, streamType, { ...delivery, body: chunks ? 'chunked' : 'until-close' }),
    steps: Number.POSITIVE_INFINITY,
    dueNs: (step) => (step + 1) * everyMs * NS_PER_MS,
    bytes: () => bytes,
    events: () => 0,
    tokens: () => 0,
    answer: () => 0,
    ending: 'close',
  }
}

/** Chunks that know nothing of the events in them. */
function inPieces(cut: Cut): Framing {
  return (first, second) =>
    Buffer.concat(cut(Buffer.concat([first, second])).map((piece) => chunked(piece, noBytes)))
}

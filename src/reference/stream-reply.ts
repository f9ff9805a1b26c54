import { gzipSync } from 'node:zlib'
import type { Asked } from './asked.ts'
import type { Behaviour } from './behaviour.ts'
import { type Cut, randomCut } from './cuts.ts'
import { type EventTokens, evenly } from './event-tokens.ts'
import { doneFrame, Frames, type Identity } from './frames.ts'
import { chunked, type Framing, identity, lastChunk, noBytes } from './framing.ts'
import { type Delivery, type Ending, errorBody, oneStep, type Reply, renderHead } from './reply.ts'
import type { Timeline } from './timing/timing-model.ts'

const NS_PER_MS = 1e6
const eventStream = 'text/event-stream; charset=utf-8'
/** So that a stream without end cannot take all of the machine. */
const minEndlessGapNs = NS_PER_MS
/** How far the usage of `wrong-usage` is off. */
const wrongByTokens = 7
const errorFrame = Buffer.from(`data: ${errorBody(500, 'InternalServerError', 'Simulated failure.')}\n\n`)

export interface StreamOptions {
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

/** A reply as server-sent events: the head at once, then one step an event. */
export function streamReply(options: StreamOptions): Reply {
  const { behaviour } = options
  const closes = options.closes || behaviour.close === 'announced'
  const ending = closes || behaviour.close === 'unannounced' ? 'close' : 'keep'
  const delivery: Omit<Delivery, 'body'> = {
    closes,
    lines: behaviour.lines ?? [],
    preamble: behaviour.preamble ?? '',
  }
  if (behaviour.dripMs !== undefined) return drip(behaviour.dripMs, options.chunked, delivery)
  if (behaviour.gzip === true || behaviour.knownLength === true || !options.chunked) {
    const stream = new EventStream(options, identity, noBytes, options.chunked ? ending : 'close')
    if (behaviour.gzip === true) return compressed(stream, delivery)
    const body = behaviour.knownLength === true ? { bytes: totalBytes(options) } : 'until-close'
    return stream.headed(renderHead(200, eventStream, { ...delivery, body }))
  }
  const framing = behaviour.cut === 'random' ? inPieces(randomCut(options.seed)) : chunked
  const stream = new EventStream(options, framing, lastChunk, ending)
  return stream.headed(renderHead(200, eventStream, { ...delivery, body: 'chunked' }))
}

/** The steps of a stream; step k holds the events [k, k + 1) × framesPerWrite. */
class EventStream implements Reply {
  head: Buffer = noBytes
  readonly steps: number
  readonly ending: Ending
  readonly #options: StreamOptions
  readonly #frames: Frames
  readonly #framing: Framing
  /** Ends the body. */
  readonly #terminator: Buffer
  /** Every frame with tokens is an event. */
  readonly #tokens: EventTokens
  /** Every frame has one token. */
  readonly #singly: boolean
  readonly #perStep: number
  readonly #frameCount: number
  readonly #middle: number
  /** The step that ends the stream before its time; Infinity when none does. */
  readonly #haltStep: number
  readonly #stallNs: number
  readonly #finishReason: string

  constructor(options: StreamOptions, framing: Framing, terminator: Buffer, ending: Ending) {
    const { asked, behaviour, timeline } = options
    this.#options = options
    this.#frames = new Frames(asked.kind, options.identity)
    this.#framing = framing
    this.#terminator = terminator
    const perFrame = behaviour.tokensPerFrame ?? 1
    const amount = timeline.recorded?.events ?? asked.outputTokens
    const made = behaviour.outputTokens?.(amount) ?? amount
    this.#tokens = timeline.recorded ?? evenly(made, perFrame)
    this.#singly = timeline.recorded === undefined && perFrame === 1
    this.#perStep = behaviour.framesPerWrite ?? 1
    this.#frameCount = timeline.recorded === undefined ? this.#tokens.events : made
    const steps = Math.max(1, Math.ceil(this.#frameCount / this.#perStep))
    this.#middle = Math.floor(steps / 2)
    this.#stallNs = (behaviour.stallMs ?? 0) * NS_PER_MS
    this.#finishReason = behaviour.finishReason ?? 'length'
    const halt = behaviour.halt
    this.#haltStep = halt === undefined ? Number.POSITIVE_INFINITY : halt.at === 'start' ? 0 : this.#middle
    this.steps = Math.min(steps, this.#haltStep + 1)
    this.ending = halt === undefined || halt.ending === 'keep' ? ending : halt.ending
  }

  /** Puts the head, and what goes out with it, in place. */
  headed(head: Buffer): this {
    const role = this.#options.behaviour.roleAtOnce === true ? this.#frames.role() : undefined
    this.head = role === undefined ? head : Buffer.concat([head, this.#framing(role, noBytes)])
    return this
  }

  dueNs(step: number): number {
    const dueNs = this.#options.timeline.due(step)
    if (this.steps === Number.POSITIVE_INFINITY) return Math.max(dueNs, step * minEndlessGapNs)
    return step >= this.#middle ? dueNs + this.#stallNs : dueNs
  }

  events(step: number): number {
    if (step === this.#haltStep) return 0
    return Math.min(this.#perStep, this.#frameCount - step * this.#perStep)
  }

  tokens(step: number, event: number): number {
    return this.#singly ? 1 : this.#tokensIn(step * this.#perStep + event)
  }

  bytes(step: number): Buffer {
    const { behaviour } = this.#options
    const plain = this.#perStep === 1 && this.#singly && behaviour.garbage === undefined
    if (plain && step > 0 && step < this.steps - 1) {
      return this.#framing(this.#frames.beforeText, this.#frames.tail(step))
    }
    const parts: Buffer[] = []
    const role = step === 0 && behaviour.roleAtOnce !== true ? this.#frames.role() : undefined
    if (role !== undefined) parts.push(this.#framing(role, noBytes))
    if (step === this.#haltStep) {
      parts.push(...this.#haltParts())
      return Buffer.concat(parts)
    }
    if (behaviour.garbage !== undefined && step === this.#middle) {
      parts.push(this.#framing(Buffer.from(behaviour.garbage), noBytes))
    }
    const first = step * this.#perStep
    for (let frame = first; frame < Math.min(first + this.#perStep, this.#frameCount); frame++) {
      parts.push(this.#framing(this.#textFrame(frame), noBytes))
    }
    if (step === this.steps - 1) parts.push(...this.#lastParts())
    return Buffer.concat(parts)
  }

  #tokensIn(frame: number): number {
    return this.#tokens.before(frame + 1) - this.#tokens.before(frame)
  }

  #textFrame(frame: number): Buffer {
    const first = this.#tokens.before(frame)
    const count = this.#tokensIn(frame)
    const last = frame === this.#frameCount - 1 && this.#options.behaviour.finishApart !== true
    return this.#frames.text(first, count, last ? this.#finishReason : undefined)
  }

  #lastParts(): Buffer[] {
    const { asked, behaviour } = this.#options
    const frames: Buffer[] = []
    if (behaviour.finishApart === true || this.#frameCount === 0) {
      frames.push(this.#frames.finish(this.#finishReason))
    }
    if (asked.includeUsage && behaviour.usage !== 'none') {
      const wrong = behaviour.usage === 'wrong' ? wrongByTokens : 0
      frames.push(this.#frames.usage(asked.promptTokens, this.#tokens.before(this.#frameCount) + wrong))
    }
    if (behaviour.noDone !== true) frames.push(doneFrame)
    return [...frames.map((frame) => this.#framing(frame, noBytes)), this.#terminator]
  }

  #haltParts(): Buffer[] {
    const how = this.#options.behaviour.halt?.with ?? 'end'
    switch (how) {
      case 'half-event': {
        const whole = this.#framing(this.#textFrame(this.#haltStep * this.#perStep), noBytes)
        return [whole.subarray(0, whole.length >> 1)]
      }
      case 'error':
        return [this.#framing(errorFrame, noBytes), this.#framing(doneFrame, noBytes), this.#terminator]
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
  let bytes = 0
  for (let step = 0; step < stream.steps; step++) bytes += stream.bytes(step).length
  return bytes
}

function compressed(stream: EventStream, delivery: Omit<Delivery, 'body'>): Reply {
  const all: Buffer[] = []
  const tokens: number[] = []
  let dueNs = 0
  for (let step = 0; step < stream.steps; step++) {
    all.push(stream.bytes(step))
    dueNs = stream.dueNs(step)
    const events = stream.events(step)
    for (let event = 0; event < events; event++) tokens.push(stream.tokens(step, event))
  }
  const body = gzipSync(Buffer.concat(all))
  const lines = [...(delivery.lines ?? []), 'Content-Encoding: gzip']
  const head = renderHead(200, eventStream, { ...delivery, lines, body: { bytes: body.length } })
  return oneStep(Buffer.concat([head, body]), stream.ending, { dueNs, tokens })
}

function drip(everyMs: number, chunks: boolean, delivery: Omit<Delivery, 'body'>): Reply {
  const comment = Buffer.from(': still here\n\n')
  const bytes = chunks ? chunked(comment, noBytes) : comment
  return {
    head: renderHead(200, eventStream, { ...delivery, body: chunks ? 'chunked' : 'until-close' }),
    steps: Number.POSITIVE_INFINITY,
    dueNs: (step) => (step + 1) * everyMs * NS_PER_MS,
    bytes: () => bytes,
    events: () => 0,
    tokens: () => 0,
    ending: 'close',
  }
}

/** Chunks that know nothing of the events in them. */
function inPieces(cut: Cut): Framing {
  return (first, second) =>
    Buffer.concat(cut(Buffer.concat([first, second])).map((piece) => chunked(piece, noBytes)))
}

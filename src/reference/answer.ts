import type { Lateness, Truth } from '../model/truth.ts'
import { type Asked, readAsked } from './asked.ts'
import type { Behaviour } from './behaviour.ts'
import { randomCut, singleBytes } from './cuts.ts'
import { evenly } from './event-tokens.ts'
import type { Planned } from './exchange.ts'
import { behaviourNamed, faults } from './faults.ts'
import { type Identity, usageOf, wholeBody } from './frames.ts'
import { atOnce, errorBody, oneStep, type Reply, renderHead } from './reply.ts'
import type { HttpRequest } from './request-parser.ts'
import { streamReply } from './stream-reply.ts'
import type { TimedRequest, Timeline, TimingModel } from './timing/timing-model.ts'
import type { TruthLog } from './truth-log.ts'
import { tokenText } from './words.ts'

/** What answers are made from. */
export interface Site {
  /** The model that is listed, and named in replies to requests that name none. */
  readonly model: string
  readonly defaultTokens: number
  readonly timing: TimingModel
  readonly seed: number
  /** Unix time that replies state, s. */
  readonly created: number
  log(): TruthLog
  truth(): Truth
  lateness(): Lateness
  reset(): void
}

/** Where requests come from. */
export interface Origin {
  /** The how-manieth accepted connection, from 0. */
  readonly connection: number
  /** Generation requests it has brought so far. */
  requests: number
}

const json = 'application/json'
const generationPaths: Readonly<Record<string, Asked['kind']>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completions',
}

/** Decides how requests are answered: routes, faults, and bodies that make no sense. */
export class Answers {
  readonly #site: Site
  /** Generation requests so far, per fault as the path spells it. */
  readonly #asks = new Map<string, number>()
  #serial = 0

  constructor(site: Site) {
    this.#site = site
  }

  reset(): void {
    this.#asks.clear()
    this.#site.reset()
  }

  /** `arrivalNs`: right after the read that completed the request. */
  plan(request: HttpRequest, origin: Origin, arrivalNs: number): Planned {
    const { path, method } = request
    const [, spec, faultyPath] = /^\/fault\/([^/]+)(\/.*)$/.exec(path) ?? []
    const plainPath = faultyPath ?? path
    const kind = Object.hasOwn(generationPaths, plainPath) ? generationPaths[plainPath] : undefined
    if (kind === undefined) return { reply: this.#page(request, plainPath) }
    if (method !== 'POST') return { reply: refuse(request, 405, `${plainPath} takes POST.`) }
    const behaviour = spec === undefined ? {} : this.#behaviour(spec)
    if (behaviour === undefined) {
      const known = Object.keys(faults).join(', ')
      return { reply: refuse(request, 404, `There is no fault "${spec}". Known: ${known}.`) }
    }
    const serial = this.#serial++
    const log = this.#site.log()
    const fault = Object.keys(behaviour).length === 0 ? undefined : spec
    const { requestId } = request
    const timed = { requestId, connection: origin.connection, position: origin.requests++ }
    const row = log.begin({ ...timed, fault, arrivalNs })
    const seed = this.#site.seed + serial
    const cut =
      behaviour.cut === undefined ? undefined : behaviour.cut === 'random' ? randomCut(seed) : singleBytes
    return {
      ...this.#reply(request, timed, kind, plainPath, behaviour, serial, seed),
      ...(cut === undefined ? {} : { cut }),
      truth: { log, row },
    }
  }

  /** `cut` always; `cut@3` for every third request, and soundness for the others. */
  #behaviour(spec: string): Behaviour | undefined {
    const [, name = '', every] = /^(.+?)(?:@([1-9]\d{0,8}))?$/.exec(spec) ?? []
    const behaviour = behaviourNamed(name)
    if (behaviour === undefined) return undefined
    const asks = (this.#asks.get(spec) ?? 0) + 1
    this.#asks.set(spec, asks)
    return every === undefined || asks % Number(every) === 0 ? behaviour : {}
  }

  #reply(
    request: HttpRequest,
    timed: TimedRequest,
    kind: Asked['kind'],
    path: string,
    behaviour: Behaviour,
    serial: number,
    seed: number,
  ): { reply?: Reply } {
    if (behaviour.silent === true) return {}
    const instead = behaviour.instead?.(path)
    if (instead !== undefined) {
      const lines = instead.lines ?? []
      const delivery = { closes: !request.keepAlive, lines }
      return { reply: atOnce(instead.status, instead.type, instead.body, delivery) }
    }
    const { model, defaultTokens, timing, created } = this.#site
    const asked = readAsked(kind, request.body, { model, outputTokens: defaultTokens })
    if (typeof asked === 'string') return { reply: refuse(request, 400, asked) }
    const identity = { id: request.requestId ?? `r${serial}`, model: asked.model, created }
    const timeline = timing.timeline(timed)
    const common = { asked, identity, behaviour, timeline, closes: !request.keepAlive }
    if (!asked.stream) return { reply: wholeReply(common) }
    return { reply: streamReply({ ...common, chunked: request.chunked, seed }) }
  }

  #page(request: HttpRequest, path: string): Reply {
    const route = `${request.method} ${path}`
    switch (route) {
      case 'GET /health':
        return page(request, '')
      case 'GET /v1/models':
        return page(request, JSON.stringify(this.#models()))
      case 'GET /assay/health':
        return page(request, JSON.stringify({ simulated: true, lateness: this.#site.lateness() }))
      case 'GET /assay/truth':
        return page(request, JSON.stringify(this.#site.truth()))
      case 'POST /assay/reset':
        this.reset()
        return page(request, '{}')
      default:
        return refuse(request, 404, `${route} is not served here.`)
    }
  }

  #models() {
    const { model, created } = this.#site
    const entry = { id: model, object: 'model', created, owned_by: 'assay-reference (simulated)' }
    return { object: 'list', data: [entry] }
  }
}

function page(request: HttpRequest, body: string): Reply {
  return atOnce(200, json, body, { closes: !request.keepAlive })
}

function refuse(request: HttpRequest, status: number, message: string): Reply {
  const body = errorBody(status, status === 404 ? 'NotFoundError' : 'BadRequestError', message)
  return atOnce(status, json, body, { closes: !request.keepAlive })
}

/** A reply that is not streamed: one event, due when its last token is. */
function wholeReply(options: {
  readonly asked: Asked
  readonly identity: Identity
  readonly behaviour: Behaviour
  readonly timeline: Timeline
  readonly closes: boolean
}): Reply {
  const { asked, identity, behaviour, timeline } = options
  const eventTokens = timeline.recorded ?? evenly(asked.outputTokens, 1)
  const made = behaviour.outputTokens?.(eventTokens.events) ?? eventTokens.events
  const events = Number.isFinite(made) ? made : eventTokens.events
  const tokens = eventTokens.before(events)
  const usage = usageOf(asked.promptTokens, tokens + (behaviour.usage === 'wrong' ? 7 : 0))
  const body = Buffer.from(
    wholeBody(asked, identity, {
      text: tokenText(0, tokens),
      finishReason: behaviour.finishReason ?? 'length',
      usage: behaviour.usage === 'none' ? undefined : usage,
    }),
  )
  const closes = options.closes || behaviour.close === 'announced'
  const lines = behaviour.lines ?? []
  const preamble = behaviour.preamble ?? ''
  const head = renderHead(200, json, { closes, lines, preamble, body: { bytes: body.length } })
  const bytes = Buffer.concat([head, body])
  const event = { dueNs: timeline.due(Math.max(0, events - 1)), tokens: events === 0 ? [] : [tokens] }
  const halted = behaviour.halt?.with === 'half-event'
  const ending = closes || behaviour.close === 'unannounced' ? 'close' : 'keep'
  return halted
    ? oneStep(bytes.subarray(0, head.length + (body.length >> 1)), behaviour.halt?.ending ?? ending)
    : oneStep(bytes, ending, event)
}

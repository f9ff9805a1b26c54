import type { Lateness, Truth } from '../model/truth.ts'
import type { Behaviour } from './behaviour.ts'
import { type Cut, randomCut, singleBytes } from './cuts.ts'
import type { Planned } from './exchange.ts'
import { behaviourNamed, faults } from './faults.ts'
import { pageAt, personaNamed, personas, shapeAt } from './personas/index.ts'
import type { Facts, Persona } from './personas/persona.ts'
import { atOnce, type Reply } from './reply.ts'
import type { HttpRequest } from './request-parser.ts'
import { openAiError } from './shapes/openai-habits.ts'
import { type Asked, type Identity, promptTokens, type Shape } from './shapes/shape.ts'
import { streamReply } from './stream-reply.ts'
import { Tallied, Tally } from './tally.ts'
import type { TimedRequest, Timeline, TimingModel } from './timing/timing-model.ts'
import type { TruthLog } from './truth-log.ts'
import { wholeReply } from './whole-reply.ts'

/** What answers are made from. */
export interface Site {
  /** What it plays where a path does not say. */
  readonly persona: Persona
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

/** What the prefixes of a path ask for, and the path without them. */
export interface Route {
  readonly persona: Persona
  /** `/as/<persona>` as far as the path has it, for redirects. */
  readonly prefix: string
  /** The fault as the path spells it. */
  readonly spec?: string
  readonly path: string
}

/** A generation request in the order of all. */
interface Begun {
  readonly timed: TimedRequest
  /** Its own, or one made for it. */
  readonly id: string
  readonly seed: number
  readonly truth: NonNullable<Planned['truth']>
  readonly cut: Cut | undefined
}

/** Decides how requests are answered: routes, faults, and bodies that make no sense. */
export class Answers {
  readonly site: Site
  /** Generation requests so far, per fault as the path spells it. */
  readonly #asks = new Map<string, number>()
  /** By persona. */
  readonly #tallies = new Map<string, Tally>()
  #serial = 0

  constructor(site: Site) {
    this.site = site
  }

  reset(): void {
    this.#asks.clear()
    this.site.reset()
  }

  /** `arrivalNs`: right after the read that completed the request. */
  plan(request: HttpRequest, origin: Origin, arrivalNs: number): Planned {
    const route = this.route(request.path)
    if (typeof route === 'string') return { reply: refuse(request, 404, route) }
    const { persona, spec, path } = route
    const shape = shapeAt(persona, path)
    // Some engines have a page where others take requests.
    const isPage = pageAt(persona, request.method, path) !== undefined
    if (shape === undefined || isPage) return { reply: this.#page(request, persona, path) }
    if (request.method !== 'POST') return { reply: refuse(request, 405, `${path} takes POST.`) }
    const behaviour = spec === undefined ? {} : this.behaviour(`${persona.name}/${spec}`, spec)
    if (behaviour === undefined) {
      const known = Object.keys(faults).join(', ')
      return { reply: refuse(request, 404, `There is no fault "${spec}". Known: ${known}.`) }
    }
    const begun = this.begin({ requestId: request.requestId, behaviour, spec, origin, arrivalNs })
    const { cut, truth } = begun
    return {
      ...this.#reply(request, route, shape, { ...begun, behaviour }),
      ...(cut === undefined ? {} : { cut }),
      truth,
    }
  }

  /** A generation request that comes in: logged, and all that follows from its place in the order. */
  begin(request: {
    readonly requestId: string | undefined
    readonly behaviour: Behaviour
    /** The fault as the path spells it. */
    readonly spec: string | undefined
    readonly origin: Origin
    readonly arrivalNs: number
  }): Begun {
    const { requestId, behaviour, spec, origin, arrivalNs } = request
    const serial = this.#serial++
    const log = this.site.log()
    const fault = Object.keys(behaviour).length === 0 ? undefined : spec
    const timed = { requestId, connection: origin.connection, position: origin.requests++ }
    const row = log.begin({ ...timed, fault, arrivalNs })
    const seed = this.site.seed + serial
    const cut =
      behaviour.cut === undefined ? undefined : behaviour.cut === 'random' ? randomCut(seed) : singleBytes
    return { timed, id: requestId ?? `r${serial}`, seed, truth: { log, row }, cut }
  }

  /** Prefixes may come in any order; a sentence when one means nothing. */
  route(whole: string): Route | string {
    let persona = this.site.persona
    let prefix = ''
    let spec: string | undefined
    let path = whole
    for (;;) {
      const [, kind, name = '', rest = ''] = /^\/(as|fault)\/([^/]+)(\/.*)?$/.exec(path) ?? []
      if (kind === undefined) break
      path = rest === '' ? '/' : rest
      if (kind === 'fault') {
        spec = name
        continue
      }
      const named = personaNamed(name)
      if (named === undefined) {
        return `There is no persona "${name}". Known: ${Object.keys(personas).join(', ')}.`
      }
      persona = named
      prefix = `/as/${name}`
    }
    return { persona, prefix, path, ...(spec === undefined ? {} : { spec }) }
  }

  /** `cut` always; `cut@3` for every third request, and soundness for the others. */
  behaviour(counter: string, spec: string): Behaviour | undefined {
    const [, name = '', every] = /^(.+?)(?:@([1-9]\d{0,8}))?$/.exec(spec) ?? []
    const behaviour = behaviourNamed(name)
    if (behaviour === undefined) return undefined
    const asks = (this.#asks.get(counter) ?? 0) + 1
    this.#asks.set(counter, asks)
    return every === undefined || asks % Number(every) === 0 ? behaviour : {}
  }

  #reply(
    request: HttpRequest,
    { persona, prefix, path }: Route,
    shape: Shape,
    how: Begun & { readonly behaviour: Behaviour },
  ): { reply?: Reply; tallied?: Tallied } {
    const { timed, behaviour, id, seed } = how
    if (behaviour.silent === true) return {}
    const { server } = persona
    const closes = !request.keepAlive
    const tally = this.tallyOf(persona)
    const instead = behaviour.instead?.(prefix + path, shape.error)
    if (instead !== undefined) {
      tally.refused++
      const lines = instead.lines ?? []
      return { reply: atOnce(instead.status, instead.type, instead.body, { closes, lines, server }) }
    }
    const { model, defaultTokens, timing, created } = this.site
    const asked = askedIn(shape, request.body, { model, path, outputTokens: defaultTokens })
    if (typeof asked === 'string') {
      tally.refused++
      const status = shape.statusOf?.(asked) ?? shape.statuses?.[400] ?? 400
      const body = shape.error(status, 'BadRequestError', asked)
      return { reply: atOnce(status, json, body, { closes, server }) }
    }
    if (persona.refusesOtherModels && asked.model !== model) {
      tally.refused++
      const body = shape.error(404, 'NotFoundError', `The model "${asked.model}" does not exist.`)
      return { reply: atOnce(404, json, body, { closes, server }) }
    }
    const timeline = timing.timeline(timed)
    const identity = identityOf(id, asked, created, timeline)
    const common = { shape, server, asked, identity, behaviour, timeline, closes }
    const end = behaviour.halt === undefined ? (behaviour.finishReason ?? 'length') : 'failure'
    const tallied = new Tallied(tally, promptTokens(asked), end)
    if (!asked.stream) return { reply: wholeReply(common), tallied }
    return { reply: streamReply({ ...common, chunked: request.chunked, seed }), tallied }
  }

  #page(request: HttpRequest, persona: Persona, path: string): Reply {
    const closes = !request.keepAlive
    const page = pageAt(persona, request.method, path)
    if (page !== undefined) {
      const { status = 200, type = json, body } = page(this.factsOf(persona), path)
      return atOnce(status, type, body, { closes, server: persona.server })
    }
    const route = `${request.method} ${path}`
    switch (route) {
      case 'GET /assay/health':
        return own(request, JSON.stringify({ simulated: true, lateness: this.site.lateness() }))
      case 'GET /assay/truth':
        return own(request, JSON.stringify(this.site.truth()))
      case 'POST /assay/reset':
        this.reset()
        return own(request, '{}')
      default:
        return refuse(request, 404, `${route} is not served here.`, persona.server)
    }
  }

  factsOf(persona: Persona): Facts {
    const { model, created, defaultTokens } = this.site
    return { model, created, defaultTokens, tally: this.tallyOf(persona) }
  }

  tallyOf({ name }: Persona): Tally {
    const kept = this.#tallies.get(name)
    if (kept !== undefined) return kept
    const tally = new Tally()
    this.#tallies.set(name, tally)
    return tally
  }
}

function own(request: HttpRequest, body: string): Reply {
  return atOnce(200, json, body, { closes: !request.keepAlive })
}

function refuse(request: HttpRequest, status: number, message: string, server?: readonly string[]): Reply {
  const body = openAiError(status, status === 404 ? 'NotFoundError' : 'BadRequestError', message)
  const closes = !request.keepAlive
  return atOnce(status, json, body, { closes, ...(server === undefined ? {} : { server }) })
}

/** What a body asks for; a sentence when it cannot be answered. */
function askedIn(shape: Shape, body: Buffer, absent: Parameters<Shape['ask']>[1]): Asked | string {
  let fields: unknown
  try {
    fields = JSON.parse(body.toString('utf8'))
  } catch {
    return 'The body is not JSON.'
  }
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
    return 'The body is no JSON object.'
  }
  return shape.ask(fields as Readonly<Record<string, unknown>>, absent)
}

export function identityOf(id: string, asked: Asked, created: number, timeline: Timeline): Identity {
  const lastEvent = Math.max(0, (timeline.recorded?.events ?? asked.outputTokens) - 1)
  return {
    id,
    model: asked.model,
    created,
    get firstNs() {
      return timeline.due(0)
    },
    get lastNs() {
      return timeline.due(lastEvent)
    },
  }
}

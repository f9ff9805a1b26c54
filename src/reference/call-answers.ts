import { type Answers, identityOf, type Origin } from './answer.ts'
import type { Planned } from './exchange.ts'
import { triton } from './personas/triton.ts'
import { type Fields, promptTokens, type Shape } from './shapes/shape.ts'
import { callReply } from './stream-reply.ts'
import { Tallied } from './tally.ts'
import { pageCall } from './triton/pages.ts'
import { wholeCall } from './whole-reply.ts'

/** One request of a call of gRPC. */
export interface CallRequest {
  /** Of the call, such as ModelInfer. */
  readonly name: string
  /** Absent: it asks for a page. */
  readonly shape?: Shape
  /** What stands before the service in the path: faults. */
  readonly path: string
  readonly fields: Fields
  readonly requestId: string | undefined
  readonly origin: Origin
  /** Right after the read that completed the request. */
  readonly arrivalNs: number
}

/** What becomes of it. */
export type CallAnswer =
  | { readonly kind: 'planned'; readonly planned: Planned }
  /** At once; the call may go on after it. */
  | { readonly kind: 'message'; readonly message: object }
  /** The call ends with this status of gRPC. */
  | { readonly kind: 'refusal'; readonly code: number; readonly message: string }

/** Statuses of gRPC for those of HTTP. */
const codes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  429: 8,
  500: 13,
  501: 12,
  503: 14,
}

/** How a call of gRPC is answered: always as Triton does it. */
export function answerCall(answers: Answers, request: CallRequest): CallAnswer {
  const { name, shape, path, fields, origin, arrivalNs, requestId } = request
  const route = answers.route(path === '' ? '/' : path)
  if (typeof route === 'string') return refusal(404, route)
  if (shape === undefined) {
    const page = pageCall(triton, answers.factsOf(triton), name, fields as { readonly name?: string })
    if (typeof page !== 'string') return { kind: 'message', message: page }
    return refusal(page.startsWith('Request for') ? 404 : 501, page)
  }
  const { spec } = route
  const behaviour = spec === undefined ? {} : answers.behaviour(`grpc/${spec}`, spec)
  if (behaviour === undefined) return refusal(404, `There is no fault "${spec}".`)
  const { truth, timed, id, seed, cut } = answers.begin({ requestId, behaviour, spec, origin, arrivalNs })
  if (behaviour.silent === true) return { kind: 'planned', planned: { truth } }
  const tally = answers.tallyOf(triton)
  const instead = behaviour.instead?.(path, shape.error)
  if (instead !== undefined) {
    tally.refused++
    return refusal(instead.status, instead.body)
  }
  const streams = name === 'ModelStreamInfer'
  const { model, defaultTokens, timing, created } = answers.site
  const asked = shape.ask(fields, { model, path, outputTokens: defaultTokens })
  if (typeof asked === 'string') {
    tally.refused++
    if (streams) return { kind: 'message', message: { error_message: asked } }
    return refusal(asked.startsWith('Request for unknown model') ? 404 : 400, asked)
  }
  const timeline = timing.timeline(timed)
  const identity = identityOf(id, asked, created, timeline)
  const common = { shape, asked, identity, behaviour, timeline, closes: false }
  const end = behaviour.halt === undefined ? (behaviour.finishReason ?? 'length') : 'failure'
  return {
    kind: 'planned',
    planned: {
      reply: streams ? callReply({ ...common, chunked: false, seed }) : wholeCall(common),
      tallied: new Tallied(tally, promptTokens(asked), end),
      ...(cut === undefined ? {} : { cut }),
      truth,
    },
  }
}

function refusal(status: number, message: string): CallAnswer {
  return { kind: 'refusal', code: codes[status] ?? 2, message }
}

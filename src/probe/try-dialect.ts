import { anyInput } from '../dialects/any-input.ts'
import { loadDialect } from '../dialects/index.ts'
import { resolveEndpoint } from '../dialects/transport/endpoint.ts'
import { makeWire } from '../dialects/transport/index.ts'
import type { Clock } from '../model/clock.ts'
import type { Dialect } from '../model/dialect.ts'
import { AssayError, redact } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import type { Target } from '../model/target.ts'
import type { Wire } from '../model/wire.ts'
import { learnedOptions } from '../study/learn-model.ts'
import { requestHeaders } from '../study/ready-target.ts'
import { MomentRecorder, type Story } from './moments.ts'
import type { DialectTrial } from './probe-result.ts'

/** Enough to see a stream, little enough to cost nothing. */
const outputTokens = 8
const promptText = 'Count from one to ten in words: one, two,'
/** A model may be loaded by its first request. */
const mostS = 120

/** Sends one short request in one dialect, and tells what came of it. */
export async function tryDialect(options: {
  readonly target: Target
  readonly url: string
  readonly dialect: string
  readonly model: string
  readonly clock: Clock
  readonly secrets: readonly string[]
}): Promise<DialectTrial> {
  const { target, url, dialect: name, model, clock, secrets } = options
  let dialect: Dialect
  let wire: Wire
  try {
    const given = name === target.dialect ? target.dialectOptions : {}
    dialect = await loadDialect(name, given)
    if (dialect.namesModel && model === '') {
      return { dialect: name, state: 'not-tried', message: 'name a model with --model' }
    }
    const headers = requestHeaders(target, dialect)
    const options = await learnedOptions(
      { ...target, dialectOptions: given },
      { dialect, url, model, headers },
    )
    dialect = await loadDialect(name, options)
    const path = dialect.path.replace('{model}', encodeURIComponent(model))
    wire = await makeWire(target.transport, {
      endpoints: [await resolveEndpoint(url, path)],
      dialect,
      clock,
      model,
      headers,
      body: target.body,
      connections: 'fresh',
      rawCapture: false,
      request: () => shortRequest(dialect),
      requestId: () => 'assay-probe',
    })
  } catch (error) {
    if (!(error instanceof AssayError)) throw error
    return { dialect: name, state: 'not-tried', message: redact(error.message, secrets) }
  }
  const { moments, moreEvents, status, failure } = await sendOne(
    wire,
    clock,
    Math.min(target.timeoutS, mostS),
  )
  const clean = moments.map((moment) =>
    moment.what === 'failed' ? { ...moment, message: redact(moment.message, secrets) } : moment,
  )
  return {
    dialect: name,
    state: stateOf(failure !== undefined, status),
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined
      ? { capabilities: dialect.capabilities }
      : { message: redact(failure.message, secrets) }),
    timeline: clean,
    ...(moreEvents === 0 ? {} : { moreEvents }),
  }
}

function stateOf(failed: boolean, status: number | undefined): DialectTrial['state'] {
  if (!failed) return 'answers'
  if (status === 404 || status === 405 || status === 501) return 'absent'
  return status === 401 || status === 403 ? 'refuses' : 'fails'
}

/** A request that the dialect can say. */
function shortRequest({ capabilities }: Dialect): Request {
  return {
    id: 0,
    input: anyInput(capabilities, promptText),
    output: { tokens: outputTokens, mode: 'up-to' },
    sampling: capabilities.sampling.includes('temperature') ? { temperature: 0 } : {},
  }
}

function sendOne(wire: Wire, clock: Clock, limitS: number): Promise<Story> {
  return new Promise((resolve) => {
    const clear = () => {
      clearTimeout(limit)
      wire.close()
      resolve(recorder.story())
    }
    const recorder = new MomentRecorder(clear)
    let handle: { cancel(): void } | undefined
    const limit = setTimeout(() => {
      handle?.cancel()
      recorder.failed(clock.now(), 'timeout', `no complete answer within ${limitS} s.`)
    }, limitS * 1000)
    handle = wire.send(wire.encode(0), recorder)
  })
}

import type { Facts, Persona } from '../personas/persona.ts'
import { modelNamed } from './models.ts'

/** A page as the answer of the call that asks for it over gRPC; a sentence when there is none. */
export function pageCall(
  persona: Persona,
  facts: Facts,
  name: string,
  { name: model = '' }: { readonly name?: string },
): object | string {
  const read = (path: string, pattern = path): unknown => {
    const page = persona.pages[pattern]?.(facts, path)
    return page === undefined ? undefined : JSON.parse(page.body)
  }
  const isKnown = modelNamed(model, facts.model) !== undefined
  const path = `/v2/models/${encodeURIComponent(model)}`
  switch (name) {
    case 'ServerLive':
      return { live: true }
    case 'ServerReady':
      return { ready: true }
    case 'ServerMetadata':
      return read('/v2') as object
    case 'RepositoryIndex':
      return { models: read('/v2/repository/index', 'POST /v2/repository/index') }
    case 'ModelReady':
      return { ready: isKnown }
    case 'ModelConfig':
      return isKnown ? { config: read(`${path}/config`, '/v2/models/*/config') } : unknown(model)
    case 'ModelMetadata':
      return isKnown ? (read(path, '/v2/models/*') as object) : unknown(model)
    default:
      return `${name} is not served here.`
  }
}

function unknown(model: string): string {
  return `Request for unknown model: '${model}' is not found`
}

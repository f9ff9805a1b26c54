import type { ServedModel, ServerPages, ServerSettings } from '../../model/server-kind.ts'

type Fields = Readonly<Record<string, unknown>>

const none: Fields = {}

/** The longest name or word that is believed; longer ones are no names. */
const mostCharacters = 300
/** More models than this are not listed. */
const mostModels = 1000

/** Body of a page that was found; `undefined` when it was not. */
export function textOf({ pages }: ServerPages, path: string): string | undefined {
  const page = pages[path]
  return page?.status === 200 ? page.body : undefined
}

/** The JSON object of a page, empty when there is none. */
export function jsonOf(seen: ServerPages, path: string): Fields {
  const text = textOf(seen, path)
  if (text === undefined) return none
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return none
  }
}

/** The value as an object, empty when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none
}

/** The value as a list of objects. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.slice(0, mostModels).map(fieldsOf) : []
}

/** A word: text that is not empty and not long. */
export function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= mostCharacters ? value : undefined
}

/** A count, also from its digits; 0 and below are no counts. */
export function count(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}

/** A number of a setting, without the noise of single precision. */
export function decimal(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(6)) : undefined
}

/** True or false, also as Python spells them. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 'True' || value === 'true') return true
  return value === 'False' || value === 'false' ? false : undefined
}

/** The opposite of a flag such as "disable_radix_cache". */
export function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}

/** Settings without those that are not known. */
export function settings(
  known: Readonly<Record<string, string | number | boolean | undefined>>,
): ServerSettings {
  return Object.fromEntries(
    Object.entries(known).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] !== undefined,
    ),
  )
}

/** The entries of GET /v1/models. */
export function modelCards(seen: ServerPages): readonly Fields[] {
  return listOf(jsonOf(seen, '/v1/models').data)
}

/** Whom the first model belongs to, as GET /v1/models says it: a cheap hint at the engine. */
export function ownerOf(seen: ServerPages): string | undefined {
  return word(modelCards(seen)[0]?.owned_by)
}

/** Recognises a server by the owner of its first model. */
export function ownedBy(owner: string): (seen: ServerPages) => string | undefined {
  return (seen) => (ownerOf(seen) === owner ? `/v1/models says owned_by: ${owner}` : undefined)
}

/** A model of the given name, when it has one. */
export function model(name: unknown, contextTokens?: unknown): ServedModel[] {
  const known = word(name)
  const context = count(contextTokens)
  if (known === undefined) return []
  return [context === undefined ? { name: known } : { name: known, contextTokens: context }]
}

/** The models of GET /v1/models, with the context lengths that some engines add. */
export function openAiModels(seen: ServerPages): ServedModel[] {
  return modelCards(seen).flatMap((card) =>
    model(card.id, card.max_model_len ?? card.context_length ?? fieldsOf(card.meta).n_ctx),
  )
}

/** The version, as an optional field. */
export function version(value: unknown): { readonly version?: string } {
  const known = word(value)
  return known === undefined ? {} : { version: known }
}

/** Labels of an information metric, empty when it is not there. */
export function infoLabels({ metrics }: ServerPages, name: string): Fields {
  return metrics.find((sample) => sample.name === name)?.labels ?? none
}

/** The value of a gauge. */
export function gauge({ metrics }: ServerPages, name: string): number | undefined {
  return count(metrics.find((sample) => sample.name === name)?.value)
}

/** Whether the server's own description of its API has all of these paths. */
export function hasRoutes(seen: ServerPages, paths: readonly string[]): boolean {
  const routes = fieldsOf(jsonOf(seen, '/openapi.json').paths)
  return paths.every((path) => Object.hasOwn(routes, path))
}

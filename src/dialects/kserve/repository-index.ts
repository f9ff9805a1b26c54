import type { ModelList } from '../../model/dialect.ts'

const mostNames = 1000

/** POST /v2/repository/index: the models that are ready, with those that others are chained from. */
export const repositoryIndex: ModelList = {
  path: '/v2/repository/index',
  post: true,
  names(body) {
    try {
      const list = JSON.parse(body) as readonly { readonly name?: unknown; readonly state?: unknown }[] | null
      return (Array.isArray(list) ? list : [])
        .slice(0, mostNames)
        .filter(({ state }) => state === undefined || state === 'READY')
        .flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
    } catch {
      return []
    }
  },
}

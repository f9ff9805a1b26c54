import type { Dialect } from '../model/dialect.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Target } from '../model/target.ts'
import { getText } from './get-text.ts'
import { pageUrl, type SeenServer } from './server-pages.ts'

const timeoutMs = 10_000
/** More names than this are not listed in a message. */
const mostNames = 12

interface Found {
  readonly url: string
  readonly server: SeenServer
  readonly dialect: Dialect
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The model that requests name: the target's own, or the only one that the server lists; '' where requests name none.
 * Throws `model-not-served`, `model-ambiguous`, `model-unknown` and `target-refuses`.
 */
export async function targetModel(target: Target, found: Found): Promise<string> {
  const { server, dialect } = found
  const served = server.facts.models.map(({ name }) => name)
  if (target.model !== undefined) {
    const isServed = served.includes(target.model) || served.includes(`${target.model}:latest`)
    if (dialect.namesModel && server.kind.refusesOtherModels && served.length > 0 && !isServed) {
      const message = `Target "${target.name}": model "${target.model}" is not served; served: ${listed(served)}.`
      throw new AssayError('model-not-served', message, {
        hint: 'Name one of those with --model NAME, or "model" of the target.',
        exitCode: exitCodes.target,
      })
    }
    return target.model
  }
  const names = served.length > 0 ? served : await namesListed(target, found)
  const [model, ...others] = names
  if (model === undefined) {
    if (!dialect.namesModel) return ''
    const message = `Target "${target.name}" does not list its models${whereOf(found)}.`
    throw new AssayError('model-unknown', message, { hint: nameIt(target), exitCode: exitCodes.target })
  }
  if (others.length > 0 && dialect.namesModel) {
    const message = `Target "${target.name}" serves several models: ${listed(names)}.`
    throw new AssayError('model-ambiguous', message, { hint: nameIt(target), exitCode: exitCodes.target })
  }
  return model
}

/** What the dialect's own list of models says. */
async function namesListed(
  target: Target,
  { url, server, dialect: { models, headers: own }, headers }: Found,
): Promise<readonly string[]> {
  if (models === undefined) return []
  const page = pageUrl(url, models.path)
  const answer =
    server.seen.pages[models.path] ??
    (await getText(page, {
      headers: { ...own, ...headers },
      timeoutMs,
      transport: target.transport,
      ...(models.post === true ? { post: true } : {}),
    }).catch(() => undefined))
  if (answer?.status === 401 || answer?.status === 403) {
    const { apiKeyEnv } = target
    const refused = `Target "${target.name}" refuses access to ${page.href} (${answer.status}).`
    throw new AssayError('target-refuses', refused, {
      hint:
        apiKeyEnv === undefined
          ? 'Give its key with --api-key-env VARIABLE, or apiKeyEnv in the study.'
          : `Is the key in ${apiKeyEnv} (apiKeyEnv) right?`,
      exitCode: exitCodes.target,
    })
  }
  return answer?.status === 200 ? models.names(answer.body) : []
}

/** The page that should list them, and what came instead. */
function whereOf({ url, server, dialect: { models } }: Found): string {
  if (models === undefined) return ''
  const status = server.seen.pages[models.path]?.status
  return ` at ${pageUrl(url, models.path).href}${status === undefined ? '' : ` (status ${status})`}`
}

function nameIt({ name }: Target): string {
  return `Name the model: --model NAME, or "model" of target "${name}".`
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`)
  return names.length > mostNames
    ? `${shown.join(', ')} and ${names.length - mostNames} more`
    : shown.join(', ')
}

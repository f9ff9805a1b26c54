import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Target } from '../model/target.ts'
import { getText } from './get-text.ts'
import { pageUrl } from './server-pages.ts'

const timeoutMs = 10_000

/**
 * The settings of a target's dialect, with what the server says of the model where the dialect must know that.
 * Throws `model-not-served`.
 */
export async function learnedOptions(
  { name, transport, dialectOptions }: Pick<Target, 'name' | 'transport' | 'dialectOptions'>,
  found: {
    readonly dialect: Dialect
    readonly url: string
    readonly model: string
    readonly headers: Readonly<Record<string, string>>
  },
): Promise<DialectOptions> {
  const { dialect, url, model, headers } = found
  const { learns } = dialect
  if (learns === undefined) return dialectOptions
  let said = ''
  for (const path of learns.paths) {
    const page = pageUrl(url, path.replace('{model}', encodeURIComponent(model)))
    const answer = await getText(page, { headers, timeoutMs, transport })
    if (answer.status === 200) return { ...dialectOptions, ...learns.settings(answer.body) }
    // The first page is that of the servers which know most of a model; the others only may have it.
    said ||= `${page.pathname} answers ${answer.status}: ${dialect.errorMessage(answer.body)}`
  }
  throw new AssayError('model-not-served', `Target "${name}": model "${model}" cannot be asked: ${said}`, {
    hint: 'Is the model loaded and ready, and its name right? assay probe URL shows what the server has.',
    exitCode: exitCodes.target,
  })
}

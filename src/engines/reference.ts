import type { Engine, EngineOptions } from '../model/engine.ts'
import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { spawnReference } from '../reference/spawn.ts'

/** Option by name: what it may be, and how it is checked. */
const options = {
  port: {
    allowed: 'a whole number from 0 to 65535',
    accepts: (n: number) => Number.isInteger(n) && n <= 65_535,
  },
  ttftMs: { allowed: 'milliseconds, 0 or more', accepts: Number.isFinite },
  itlMs: { allowed: 'milliseconds, 0 or more', accepts: Number.isFinite },
  seed: { allowed: 'a whole number, 0 or more', accepts: Number.isSafeInteger },
} as const
type OptionName = keyof typeof options

const defaultTtftMs = 50
const defaultItlMs = 20

const dialects = ['openai-chat', 'openai-completions'] as const

/** The reference server: timings that are simulated and known. */
export const reference: Engine = {
  name: 'reference',
  summary: 'Assay’s reference server: simulated timings that are known (options ttftMs, itlMs, seed, port)',
  dialects,
  checkOptions: (given) => void checked(given),
  async start(given, context) {
    const { port = 0, ttftMs = defaultTtftMs, itlMs = defaultItlMs, seed = 1 } = checked(given)
    const server = await spawnReference({ port, seed, timing: { kind: 'fixed', ttftMs, itlMs } })
    return {
      urls: [server.url],
      dialect: context.dialect ?? dialects[0],
      model: 'reference',
      pids: [server.pid],
      engineInfo: { engine: 'reference', ttftMs, itlMs, seed },
      notices: ['simulated timings'],
      stop: () => server.close(),
    }
  },
}

function checked(given: EngineOptions): Partial<Record<OptionName, number>> {
  for (const [name, value] of Object.entries(given)) {
    const names = Object.keys(options)
    if (!Object.hasOwn(options, name)) {
      const near = nearest(name, names)
      throw new AssayError('bad-engine-option', `The engine reference has no option "${name}".`, {
        hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Options: ${names.join(', ')}.`,
      })
    }
    const { allowed, accepts } = options[name as OptionName]
    if (typeof value === 'number' && value >= 0 && accepts(value)) continue
    throw new AssayError(
      'bad-engine-option',
      `"${name}" of the engine reference cannot be ${JSON.stringify(value)}.`,
      {
        hint: `Use ${allowed}.`,
      },
    )
  }
  return given as Partial<Record<OptionName, number>>
}

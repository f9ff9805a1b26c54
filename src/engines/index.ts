import type { Engine } from '../model/engine.ts'
import { AssayError } from '../model/errors.ts'

/** Every engine Assay can start itself; a name here is the name in YAML, on the command line and in reports. */
export const engines = {
  embedded: () => import('./embedded/index.ts').then((m) => m.embedded),
} satisfies Record<string, () => Promise<Engine>>

export type EngineName = keyof typeof engines

/** Looks an engine up. Throws `unknown-engine` with the known names. */
export function loadEngine(name: string): Promise<Engine> {
  if (!Object.hasOwn(engines, name)) {
    throw new AssayError('unknown-engine', `There is no engine "${name}".`, {
      hint: `Known engines: ${Object.keys(engines).join(', ')}.`,
    })
  }
  return engines[name as EngineName]()
}

import { loadDialect } from '../../dialects/index.ts'
import type { Dialect, DialectOptions } from '../../model/dialect.ts'
import type { TransportName } from '../../model/target.ts'
import { personasSpeaking } from '../../reference/personas/index.ts'
import type { ReferenceOptions } from '../../reference/server.ts'
import { learnedOptions } from '../learn-model.ts'

/** How the reference server stands in for a target: what it plays, and how its model is asked. */
export interface StandIn {
  readonly reference: Pick<ReferenceOptions, 'as' | 'model'>
  /** Name of the model in requests. */
  readonly model: string
  /** The dialect as it is to be spoken with the server at `url`. */
  learn(url: string): Promise<{ readonly dialect: Dialect; readonly options: DialectOptions }>
}

/** Models of the reference server for dialects that ask the server about its model: one that streams, one that does not. */
const askedModels = { streaming: 'streamer', whole: 'plain' } as const

/**
 * `given`: the settings as the user wrote them. `streaming`: whether the target's replies come token by token; absent: as
 * the dialect has it.
 */
export async function standIn(target: {
  readonly dialect: string
  readonly given: DialectOptions
  readonly model: string
  readonly transport: TransportName
  readonly streaming?: boolean
}): Promise<StandIn> {
  const { dialect: name, given, transport } = target
  const dialect = await loadDialect(name, given)
  const [persona] = personasSpeaking(dialect)
  const { learns } = dialect
  const streaming = target.streaming ?? dialect.capabilities.streaming
  const model = learns === undefined ? target.model : askedModels[streaming ? 'streaming' : 'whole']
  return {
    reference: {
      ...(persona === undefined ? {} : { as: persona.name }),
      ...(model === '' ? {} : { model }),
    },
    model,
    async learn(url) {
      const about = { name: 'reference server', transport, dialectOptions: given }
      const options = await learnedOptions(about, { dialect, url, model, headers: {} })
      return { dialect: await loadDialect(name, options), options }
    },
  }
}

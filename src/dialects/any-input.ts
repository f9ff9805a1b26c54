import type { Capabilities } from '../model/dialect.ts'
import type { RequestInput } from '../model/request.ts'

/** Ids that every vocabulary has. */
const ids = [5, 6, 7, 8]

/** `text` as a dialect can send it; where it takes token ids alone, some ids in its place. */
export function anyInput({ inputs }: Capabilities, text: string): RequestInput {
  if (inputs.includes('prompt')) return { kind: 'prompt', text }
  if (inputs.includes('chat')) return { kind: 'chat', messages: [{ role: 'user', content: text }] }
  return { kind: 'tokens', ids }
}

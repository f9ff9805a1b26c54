import { AssayError } from '../model/errors.ts'
import type { ChatMessage, Request } from '../model/request.ts'
import { unsupportedInput } from './request-fields.ts'

/** The messages that a chat dialect sends. Throws `unsupported-input` for token ids and several prompts. */
export function messagesOf(dialect: string, { input }: Request): readonly ChatMessage[] {
  switch (input.kind) {
    case 'prompt':
      return [{ role: 'user', content: input.text }]
    case 'chat':
      return input.messages
    case 'tokens':
      throw unsupportedInput(dialect, input.kind)
    case 'batch':
      throw unsupportedInput(dialect, input.kind)
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(dialect, input.kind)
    default:
      return input satisfies never
  }
}

/** Throws `unsupported-input` for results of tools, which need the id of their call. */
export function refuseToolMessages(dialect: string, messages: readonly ChatMessage[]): void {
  if (!messages.some(({ role }) => role === 'tool')) return
  throw new AssayError('unsupported-input', `${dialect} cannot send messages of the role "tool".`, {
    hint: 'Use the dialect openai-chat, or leave such conversations out.',
  })
}

import { Template } from '@huggingface/jinja'
import { AssayError, messageOf } from '../model/errors.ts'
import type { ChatMessage } from '../model/request.ts'

type Config = Readonly<Record<string, unknown>>

/**
 * A model's chat template from its tokenizer_config.json, or from chat_template.jinja beside it; `undefined` when it has
 * none. A model with several has one called "default".
 */
export function chatTemplateOf(
  config: Config,
  file: string | undefined,
): ((messages: readonly ChatMessage[]) => string) | undefined {
  const source = file ?? sourceOf(config.chat_template)
  if (source === undefined) return undefined
  let template: Template | undefined
  return (messages) => {
    try {
      template ??= new Template(source)
      return template.render({
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: true,
        bos_token: tokenText(config.bos_token) ?? '',
        eos_token: tokenText(config.eos_token) ?? '',
      })
    } catch (cause) {
      throw new AssayError('chat-template', `The chat template cannot be rendered: ${messageOf(cause)}`, {
        hint: 'Send the messages to a chat endpoint instead (promptMode: chat), or repair the template.',
        cause,
      })
    }
  }
}

/** A special token as text, however the file spells it. */
export function tokenText(token: unknown): string | undefined {
  if (typeof token === 'string') return token
  const { content } = (token ?? {}) as { readonly content?: unknown }
  return typeof content === 'string' ? content : undefined
}

function sourceOf(written: unknown): string | undefined {
  if (typeof written === 'string') return written
  if (!Array.isArray(written)) return undefined
  const all = written as readonly { readonly name?: unknown; readonly template?: unknown }[]
  const chosen = all.find(({ name }) => name === 'default') ?? all[0]
  return typeof chosen?.template === 'string' ? chosen.template : undefined
}

import { AssayError } from '../model/errors.ts'
import type { ChatMessage, Request, RequestInput } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { PromptMode, WorkloadSpec } from '../model/workload.ts'
import type { Requests, SourcedRequest } from './source.ts'

/** Turns requests as their source gave them into what the workload's mode asks for. Throws `prompt-mode`. */
export async function* inMode(
  requests: Requests,
  { name, promptMode }: Pick<WorkloadSpec, 'name' | 'promptMode'>,
  tokenizer: Tokenizer | undefined,
): AsyncGenerator<SourcedRequest> {
  for await (const request of requests) {
    yield promptMode === undefined ? request : requestIn(promptMode, request, name, tokenizer)
  }
}

/** One request in a mode. Throws `prompt-mode`. */
export function requestIn(
  mode: PromptMode,
  request: SourcedRequest,
  workload: string,
  tokenizer: Tokenizer | undefined,
): SourcedRequest {
  const input = inputIn(mode, request, workload, tokenizer)
  if (input === request.input) return request
  const { inputTokens: _, ...rest } = request
  const value = input.kind === 'tokens' ? input.ids.length : tokensOf(input, tokenizer)
  return {
    ...rest,
    input,
    ...(value === undefined ? {} : { inputTokens: { value, source: 'tokenizer' as const } }),
  }
}

function inputIn(
  mode: PromptMode,
  { id, input }: Request,
  workload: string,
  tokenizer: Tokenizer | undefined,
): RequestInput {
  const refuse = (why: string, hint: string) =>
    new AssayError('prompt-mode', `Workload "${workload}", request ${id}: ${why}`, { hint })
  if (input.kind === 'body' || input.kind === 'rich-chat') {
    throw refuse('what is passed on as it is cannot be turned into something else.', 'Leave promptMode out.')
  }
  switch (mode) {
    case 'chat':
      if (input.kind === 'chat') return input
      if (input.kind === 'prompt') return { kind: 'chat', messages: said(input.text) }
      throw refuse('token ids cannot be sent as a chat.', 'Use promptMode: token-ids, or leave it out.')
    case 'raw': {
      if (input.kind === 'prompt') return input
      const [only, ...others] = input.kind === 'chat' ? input.messages : []
      if (only !== undefined && others.length === 0) return { kind: 'prompt', text: only.content }
      throw refuse(
        input.kind === 'chat' ? 'a chat of several messages has no raw text.' : 'token ids are no raw text.',
        'Use promptMode: templated, which puts the chat template around it.',
      )
    }
    case 'templated':
      if (input.kind === 'tokens') return input
      return { kind: 'prompt', text: rendered(messagesOf(input), tokenizer, refuse) }
    case 'token-ids': {
      if (input.kind === 'tokens') return input
      if (tokenizer === undefined) throw refuse('there is no tokenizer.', 'Add tokenizer to the workload.')
      const text = input.kind === 'prompt' ? input.text : rendered(messagesOf(input), tokenizer, refuse)
      return { kind: 'tokens', ids: [...(tokenizer.opening ?? []), ...tokenizer.encode(text)] }
    }
    default:
      return mode satisfies never
  }
}

/**
 * The text with the chat template around it. The BOS that a template begins with is left out where the tokenizer puts one
 * itself, as a server does with every text: there would be two.
 */
function rendered(
  messages: readonly ChatMessage[],
  tokenizer: Tokenizer | undefined,
  refuse: (why: string, hint: string) => AssayError,
): string {
  if (tokenizer?.renderChat === undefined) {
    throw refuse(
      'the tokenizer has no chat template.',
      'Give the folder of a model that has one (chat_template in tokenizer_config.json, or chat_template.jinja).',
    )
  }
  const text = tokenizer.renderChat(messages)
  const { bos, opening = [] } = tokenizer
  return bos !== undefined && opening.length > 0 && text.startsWith(bos) ? text.slice(bos.length) : text
}

function messagesOf(input: RequestInput): readonly ChatMessage[] {
  if (input.kind === 'chat') return input.messages
  return said(input.kind === 'prompt' ? input.text : '')
}

function said(content: string): readonly ChatMessage[] {
  return [{ role: 'user', content }]
}

function tokensOf(input: RequestInput, tokenizer: Tokenizer | undefined): number | undefined {
  return input.kind === 'prompt' ? tokenizer?.encode(input.text).length : undefined
}

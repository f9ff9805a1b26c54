import { describe, expect, test } from 'vitest'
import type { Request, RequestInput } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { PromptMode } from '../model/workload.ts'
import { requestIn } from './prompt-modes.ts'

/** A letter a token, `<s>` being one of its own with the id 1. */
const plain: Tokenizer = {
  name: 'letters',
  encode: (text) => text.split(/(<s>)/).flatMap((part) => (part === '<s>' ? [1] : [...Buffer.from(part)])),
  decode: (ids) => Buffer.from(ids).toString(),
  bos: '<s>',
  renderChat: (messages) =>
    `<s>${messages.map(({ role, content }) => `[${role}]${content}`).join('')}[assistant]`,
}
const withBos: Tokenizer = { ...plain, opening: [1] }

function input(promptMode: PromptMode, given: RequestInput, tokenizer?: Tokenizer): Request {
  const request: Request = { id: 3, input: given, output: { tokens: 4, mode: 'exact' }, sampling: {} }
  return requestIn(promptMode, request, 'w', tokenizer)
}

const text: RequestInput = { kind: 'prompt', text: 'Hi' }
const chat: RequestInput = {
  kind: 'chat',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ],
}
const ids: RequestInput = { kind: 'tokens', ids: [7, 8] }

describe('prompt modes', () => {
  test('chat and raw', () => {
    expect(input('chat', text).input).toEqual({ kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] })
    expect(input('chat', chat).input).toBe(chat)
    expect(input('raw', text).input).toBe(text)
    expect(input('raw', { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] }).input).toEqual(text)
    expect(() => input('raw', chat)).toThrow('Workload "w", request 3: a chat of several messages')
    expect(() => input('chat', ids)).toThrow(/token ids cannot be sent as a chat/)
  })

  test('templated: the BOS of the template goes where the tokenizer brings one, and stays where it does not', () => {
    const { input: bare, inputTokens } = input('templated', chat, withBos)
    expect(bare).toEqual({ kind: 'prompt', text: '[system]Be brief.[user]Hi[assistant]' })
    expect(inputTokens).toEqual({ value: 36, source: 'tokenizer' })
    expect(input('templated', text, plain).input).toEqual({ kind: 'prompt', text: '<s>[user]Hi[assistant]' })
    expect(input('templated', ids, plain).input).toBe(ids)
  })

  test('token-ids: one BOS, whoever brings it', () => {
    const letters = (said: string) => [...Buffer.from(said)]
    const asked = (given: RequestInput, tokenizer: Tokenizer) => input('token-ids', given, tokenizer).input
    expect(asked(text, plain)).toEqual({ kind: 'tokens', ids: letters('Hi') })
    expect(asked(text, withBos)).toEqual({ kind: 'tokens', ids: [1, ...letters('Hi')] })
    const conversation = { kind: 'tokens', ids: [1, ...letters('[system]Be brief.[user]Hi[assistant]')] }
    expect(asked(chat, plain)).toEqual(conversation)
    expect(asked(chat, withBos)).toEqual(conversation)
    expect(input('token-ids', text, withBos).inputTokens).toEqual({ value: 3, source: 'tokenizer' })
  })

  test('what is missing is named', () => {
    const { renderChat: _, ...bare } = plain
    expect(() => input('templated', text, bare)).toThrow(/has no chat template/)
    expect(() => input('token-ids', text)).toThrow(/there is no tokenizer/)
  })
})

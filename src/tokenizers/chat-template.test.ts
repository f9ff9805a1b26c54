import { expect, test } from 'vitest'
import { chatTemplateOf } from './chat-template.ts'

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
] as const
const chatml =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

test('the template of tokenizer_config.json, its default, or the file beside it', () => {
  const expected =
    '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
  expect(chatTemplateOf({ chat_template: chatml }, undefined)?.(messages)).toBe(expected)
  const several = [
    { name: 'tool_use', template: 'x' },
    { name: 'default', template: chatml },
  ]
  expect(chatTemplateOf({ chat_template: several }, undefined)?.(messages)).toBe(expected)
  expect(chatTemplateOf({ chat_template: 'old' }, chatml)?.(messages)).toBe(expected)
  expect(chatTemplateOf({}, undefined)).toBeUndefined()
})

test('special tokens are there for the template, however the file spells them', () => {
  const render = chatTemplateOf(
    {
      bos_token: { content: '<s>' },
      eos_token: '</s>',
      chat_template: '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}',
    },
    undefined,
  )
  expect(render?.(messages)).toBe('<s>Be brief.</s>')
})

test('a template that refuses, or is broken, says why', () => {
  const refusing = chatTemplateOf({ chat_template: "{{ raise_exception('no system role') }}" }, undefined)
  expect(() => refusing?.(messages)).toThrow(/cannot be rendered: .*no system role/)
  const broken = chatTemplateOf({ chat_template: '{% if %}' }, undefined)
  expect(() => broken?.(messages)).toThrow(/chat template cannot be rendered/)
})

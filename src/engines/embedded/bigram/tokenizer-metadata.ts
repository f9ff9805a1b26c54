import type { GgufModel } from '../gguf/gguf.ts'
import { beginToken, endToken, type Vocabulary } from './vocabulary.ts'

/** Token types of the GGUF specification. */
const normalType = 1
const controlType = 3

const chatTemplate =
  "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"

/** What a GGUF file says about its vocabulary and its chats. */
export function tokenizerMetadata({ tokens, merges }: Vocabulary): GgufModel['metadata'] {
  return {
    'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
    // This pre-tokeniser takes a word that is in the vocabulary as one token, without merges that lead to it.
    'tokenizer.ggml.pre': { type: 'string', value: 'llama-bpe' },
    'tokenizer.ggml.tokens': { type: 'strings', values: tokens.map((token) => token.piece) },
    'tokenizer.ggml.token_type': {
      type: 'i32s',
      values: tokens.map((token) => (token.control ? controlType : normalType)),
    },
    'tokenizer.ggml.merges': { type: 'strings', values: merges },
    'tokenizer.ggml.bos_token_id': { type: 'u32', value: beginToken },
    'tokenizer.ggml.eos_token_id': { type: 'u32', value: endToken },
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
    'tokenizer.chat_template': { type: 'string', value: chatTemplate },
  }
}

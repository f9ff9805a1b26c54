import type { ChatMessage } from './request.ts'

/** Text to token ids and back, of one vocabulary. */
export interface Tokenizer {
  /** What it is loaded by. */
  readonly name: string
  /** Ids without special tokens. */
  encode(text: string): number[]
  decode(ids: readonly number[]): string
  /** Ids run from 0 to below this; absent: not known. */
  readonly vocabularySize?: number
  /** Ids that stand for no text. */
  readonly special?: ReadonlySet<number>
  /** The model's beginning-of-text token, as text. */
  readonly bos?: string
  /** Ids that the tokenizer puts before every text, such as that of `bos`; absent: none. */
  readonly opening?: readonly number[]
  /** The text of a conversation up to the answer; absent when the model has no chat template. */
  renderChat?(messages: readonly ChatMessage[]): string
  /** Ends what it holds open; absent: nothing. */
  close?(): void
}

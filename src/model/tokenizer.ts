/** Text to token ids and back, of one vocabulary. */
export interface Tokenizer {
  readonly name: string
  /** Ids without special tokens. */
  encode(text: string): number[]
  decode(ids: readonly number[]): string
}

// A Hugging Face tokenizer.json of GPT-2's vocabulary, made from the merge ranks that gpt-tokenizer carries.
import { writeFileSync } from 'node:fs'
import ranks from 'gpt-tokenizer/bpeRanks/r50k_base'

/** Writes it to a path; 50,256 tokens, byte-level, as the models of that time have it. */
export function writeGpt2Tokenizer(path) {
  const printable = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  let others = 0
  const letters = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : 256 + others++),
  )
  const tokens = ranks.map((token) => {
    const bytes = typeof token === 'string' ? Buffer.from(token) : Buffer.from(token)
    return [...bytes].map((byte) => letters[byte]).join('')
  })
  const rankOf = new Map(tokens.map((token, rank) => [token, rank]))
  const merges = tokens.flatMap((token, rank) => {
    const parts = partsOf(Array.from(token), rankOf, rank)
    return parts.length === 2 ? [parts] : []
  })
  const level = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  const json = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: level,
    post_processor: null,
    decoder: level,
    model: { type: 'BPE', vocab: Object.fromEntries(rankOf), merges },
  }
  writeFileSync(path, JSON.stringify(json))
}

/** What a token was merged of: its letters, merged by the ranks before its own. */
function partsOf(symbols, rankOf, below) {
  for (;;) {
    let best = below
    let at = -1
    for (let i = 0; i + 1 < symbols.length; i++) {
      const rank = rankOf.get(symbols[i] + symbols[i + 1])
      if (rank !== undefined && rank < best) [best, at] = [rank, i]
    }
    if (at < 0) return symbols
    symbols.splice(at, 2, symbols[at] + symbols[at + 1])
  }
}

const mark = '\u2581'

/**
 * A SentencePiece tokenizer.json in legacy mode (a space is put before the text and after every special token in it) or not
 * (before the text alone), as `legacy` of a tokenizer_config.json decides when a slow tokenizer is converted. Others stay.
 */
export function inLegacyMode(json: Record<string, unknown>, legacy: boolean): Record<string, unknown> {
  if (!JSON.stringify([json.normalizer, json.pre_tokenizer]).includes(mark)) return json
  const spaced = { type: 'Replace', pattern: { String: ' ' }, content: mark }
  return legacy
    ? {
        ...json,
        normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: mark }, spaced] },
        pre_tokenizer: null,
      }
    : {
        ...json,
        normalizer: null,
        pre_tokenizer: { type: 'Metaspace', replacement: mark, prepend_scheme: 'first', split: false },
      }
}

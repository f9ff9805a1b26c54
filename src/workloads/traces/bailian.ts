import { AssayError } from '../../model/errors.ts'
import { shown } from '../mistakes.ts'
import { readRows } from '../rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from '../source.ts'
import { hashesOf, nsOfSeconds, type TraceRow, tokensOf, traceRequests } from './trace.ts'

/** Tokens of a block, as the names of the files state. */
const blockTokens = 16

/**
 * Traces of Alibaba's Bailian: JSONL of {"chat_id", "parent_chat_id" (-1: none), "timestamp" (s), "input_length",
 * "output_length", "turn", "hash_ids"}.
 */
export async function* bailian(
  spec: SpecOf<'bailian'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  yield* traceRequests(spec, blockTokens, rowsOf(spec.source.path, context), context)
}

async function* rowsOf(path: string, context: SourceContext): AsyncGenerator<TraceRow> {
  /** Chat → the chat that opened its session. */
  const roots = new Map<unknown, unknown>()
  for await (const { fields, line } of readRows(path, ['timestamp'], [], context)) {
    const { chat_id, parent_chat_id, timestamp, input_length, output_length, turn, hash_ids } = fields
    const atNs = nsOfSeconds(timestamp)
    const [inputTokens, outputTokens] = [tokensOf(input_length), tokensOf(output_length)]
    if (atNs === undefined || inputTokens === undefined || outputTokens === undefined) {
      throw new AssayError(
        'bad-input-file',
        `${path}:${line}: expected {"timestamp": s, "input_length", "output_length"}, not ${shown(fields)}.`,
        { hint: 'Is it a trace of another format? docs/workloads.md lists them.' },
      )
    }
    const root = roots.get(parent_chat_id) ?? chat_id
    if (chat_id !== undefined) roots.set(chat_id, root)
    const hashes = hashesOf(hash_ids)
    yield {
      atNs,
      inputTokens,
      outputTokens,
      ...(hashes === undefined ? {} : { hashes }),
      ...(root === undefined
        ? {}
        : { session: { id: String(root), turn: Math.max(0, (tokensOf(turn) ?? 1) - 1) } }),
      line,
    }
  }
}

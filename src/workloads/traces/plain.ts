import { AssayError } from '../../model/errors.ts'
import { shown } from '../mistakes.ts'
import { readRows } from '../rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from '../source.ts'
import { nsOfSeconds, type TraceRow, tokensOf, traceRequests } from './trace.ts'

const needed = ['arrival_s', 'input_tokens', 'output_tokens'] as const
const wanted = ['hash_ids', 'block_tokens', 'session', 'turn'] as const

/**
 * A trace of your own: CSV (Parquet, JSONL) with arrival_s, input_tokens, output_tokens, and if wanted hash_ids (parted by
 * spaces), block_tokens (of the first row; 512 when absent), session and turn.
 */
export async function* plainTrace(
  spec: SpecOf<'trace-csv'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path } = spec.source
  let blockTokens = 512
  for await (const { fields } of readRows(path, needed, wanted, context)) {
    blockTokens = tokensOf(fields.block_tokens) ?? blockTokens
    break
  }
  yield* traceRequests(spec, Math.max(1, blockTokens), rowsOf(path, context), context)
}

async function* rowsOf(path: string, context: SourceContext): AsyncGenerator<TraceRow> {
  for await (const { fields, line } of readRows(path, needed, wanted, context)) {
    const atNs = nsOfSeconds(fields.arrival_s)
    const inputTokens = tokensOf(fields.input_tokens)
    const outputTokens = tokensOf(fields.output_tokens)
    if (atNs === undefined || inputTokens === undefined || outputTokens === undefined) {
      throw new AssayError(
        'bad-input-file',
        `${path}:${line}: expected arrival_s, input_tokens and output_tokens, not ${shown(fields)}.`,
        { hint: 'Mend the row, or leave it out.' },
      )
    }
    const { hash_ids, session, turn } = fields
    const hashes = Array.isArray(hash_ids)
      ? hash_ids.map(String)
      : String(hash_ids ?? '')
          .split(/[\s;]+/)
          .filter((hash) => hash !== '')
    const isSession = (typeof session === 'string' && session !== '') || typeof session === 'number'
    yield {
      atNs,
      inputTokens,
      outputTokens,
      ...(hashes.length === 0 ? {} : { hashes }),
      ...(isSession ? { session: { id: String(session), turn: tokensOf(turn) ?? 0 } } : {}),
      line,
    }
  }
}

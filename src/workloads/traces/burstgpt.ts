import { AssayError } from '../../model/errors.ts'
import { shown } from '../mistakes.ts'
import { readRows } from '../rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from '../source.ts'
import { nsOfSeconds, type TraceRow, tokensOf, traceRequests } from './trace.ts'

const columns = ['Timestamp', 'Request tokens', 'Response tokens'] as const

/**
 * BurstGPT: CSV with the columns Timestamp (s), Request tokens, Response tokens, and Session ID in its later releases. Rows
 * of failures have no response tokens and are left out.
 */
export async function* burstGpt(
  spec: SpecOf<'burstgpt'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  yield* traceRequests(spec, undefined, rowsOf(spec.source.path, context), context)
}

async function* rowsOf(path: string, context: SourceContext): AsyncGenerator<TraceRow> {
  const turns = new Map<string, number>()
  for await (const { fields, line } of readRows(path, columns, ['Session ID'], context)) {
    const atNs = nsOfSeconds(fields.Timestamp)
    const inputTokens = tokensOf(fields['Request tokens'])
    const outputTokens = tokensOf(fields['Response tokens'])
    if (atNs === undefined || inputTokens === undefined || outputTokens === undefined) {
      throw new AssayError(
        'bad-input-file',
        `${path}:${line}: expected a time in seconds and two counts of tokens, not ${shown(fields)}.`,
        { hint: 'Mend the row, or leave it out.' },
      )
    }
    const id = fields['Session ID']
    const session = typeof id === 'string' && id !== '' ? { id, turn: turns.get(id) ?? 0 } : undefined
    if (session !== undefined) turns.set(session.id, session.turn + 1)
    yield { atNs, inputTokens, outputTokens, ...(session === undefined ? {} : { session }), line }
  }
}

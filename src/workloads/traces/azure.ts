import { AssayError } from '../../model/errors.ts'
import { shown } from '../mistakes.ts'
import { readRows } from '../rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from '../source.ts'
import { type TraceRow, tokensOf, traceRequests } from './trace.ts'

const columns = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const

/** Azure's LLM inference traces of 2023 and 2024: CSV with TIMESTAMP (UTC), ContextTokens and GeneratedTokens. */
export async function* azureTrace(
  spec: SpecOf<'azure-trace'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  yield* traceRequests(spec, undefined, rowsOf(spec.source.path, context), context)
}

async function* rowsOf(path: string, context: SourceContext): AsyncGenerator<TraceRow> {
  for await (const { fields, line } of readRows(path, columns, [], context)) {
    const atNs = nsOfTimestamp(fields.TIMESTAMP)
    const inputTokens = tokensOf(fields.ContextTokens)
    const outputTokens = tokensOf(fields.GeneratedTokens)
    if (atNs === undefined || inputTokens === undefined || outputTokens === undefined) {
      throw new AssayError(
        'bad-input-file',
        `${path}:${line}: expected a time such as 2023-11-16 18:15:46.6805900 and two counts of tokens, not ${shown(fields)}.`,
        { hint: 'Mend the row, or leave it out.' },
      )
    }
    yield { atNs, inputTokens, outputTokens, line }
  }
}

const form = /^\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\d*\s*(?:Z|\+00(?::?00)?)?\s*$/

/** Ns since 1970 of a time in UTC, to the last digit written. */
function nsOfTimestamp(written: unknown): bigint | undefined {
  const [, year, month, day, hour, minute, second, fraction = ''] = form.exec(String(written)) ?? []
  if (year === undefined) return undefined
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

import { AssayError } from '../../model/errors.ts'
import { shown } from '../mistakes.ts'
import { readRows } from '../rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from '../source.ts'
import { hashesOf, type TraceRow, tokensOf, traceRequests } from './trace.ts'

/** Tokens of a block, as its authors state. */
const blockTokens = 512

/** Mooncake's traces: JSONL of {"timestamp" (ms), "input_length", "output_length", "hash_ids"}. */
export async function* mooncake(
  spec: SpecOf<'mooncake'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  yield* traceRequests(spec, blockTokens, rowsOf(spec.source.path, context), context)
}

async function* rowsOf(path: string, context: SourceContext): AsyncGenerator<TraceRow> {
  for await (const { fields, line } of readRows(path, ['timestamp'], [], context)) {
    const { timestamp, input_length, output_length, hash_ids } = fields
    const [inputTokens, outputTokens] = [tokensOf(input_length), tokensOf(output_length)]
    if (
      typeof timestamp !== 'number' ||
      !(timestamp >= 0 && timestamp < 1e15) ||
      inputTokens === undefined ||
      outputTokens === undefined
    ) {
      throw new AssayError(
        'bad-input-file',
        `${path}:${line}: expected {"timestamp": ms, "input_length", "output_length"}, not ${shown(fields)}.`,
        { hint: 'Is it a trace of another format? docs/workloads.md lists them.' },
      )
    }
    const hashes = hashesOf(hash_ids)
    yield {
      atNs: BigInt(Math.round(timestamp * 1e6)),
      inputTokens,
      outputTokens,
      ...(hashes === undefined ? {} : { hashes }),
      line,
    }
  }
}

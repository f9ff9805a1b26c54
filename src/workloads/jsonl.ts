import { readJsonlLine } from './jsonl-line.ts'
import { emptyFile, FileMistakes } from './mistakes.ts'
import { readRecords } from './records.ts'
import { counted, outputsOf } from './request-parts.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

const shownFields = 8

/**
 * Your own requests, one JSON object a line (or the elements of one JSON array): `prompt` (text or token ids) or
 * `messages`, and if wanted `system`, `tools`, `output_tokens` (or `max_tokens`), `temperature`, `top_p`, `seed`, `stop`.
 * Throws `input-file` when it cannot be read, `bad-input-file` with all mistakes by line.
 */
export async function* jsonl(spec: SpecOf<'jsonl'>, context: SourceContext): AsyncGenerator<SourcedRequest> {
  yield* jsonlRequests(spec, [spec.source.path], context)
}

/** The records of files as requests, one file after the other. Throws like `jsonl`. */
export async function* jsonlRequests(
  spec: SpecOf<'jsonl' | 'hf-folder'>,
  paths: readonly string[],
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const outputs = outputsOf(spec, context.seed)
  let id = 0
  for (const path of paths) {
    const mistakes = new FileMistakes(path)
    const unused = new UnusedFields()
    for await (const { text, line } of readRecords(path)) {
      const read = readJsonlLine(text, (message) => mistakes.add(line, message), spec.source.columns)
      if (read === undefined || mistakes.any) continue
      unused.add(read.unused)
      const request = {
        id,
        input: read.input,
        output: { tokens: read.outputTokens ?? outputs(id), mode: spec.outputMode },
        sampling: { ...spec.sampling, ...read.sampling },
        place: `${path}:${line}`,
      }
      yield counted(request, context.tokenizer)
      id++
    }
    mistakes.check()
    unused.tell(path, context.notice)
  }
  if (id === 0) {
    throw emptyFile(
      paths[0] ?? spec.source.path,
      'Write one JSON object a line, such as {"prompt": "Why is the sky blue?"}.',
    )
  }
}

/** Fields that no request is made of, and how many records have them. */
export class UnusedFields {
  readonly #records = new Map<string, number>()

  add(fields: readonly string[]): void {
    for (const field of fields) this.#records.set(field, (this.#records.get(field) ?? 0) + 1)
  }

  tell(path: string, notice: (text: string) => void): void {
    if (this.#records.size === 0) return
    const fields = [...this.#records].map(
      ([field, lines]) => `${field} (${lines} ${lines === 1 ? 'line' : 'lines'})`,
    )
    const more = fields.length > shownFields ? `, and ${fields.length - shownFields} more` : ''
    notice(`Fields of ${path} that are not used: ${fields.slice(0, shownFields).join(', ')}${more}.`)
  }
}

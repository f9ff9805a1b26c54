import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf } from '../model/errors.ts'
import { emptyFile } from './mistakes.ts'
import { unreadable } from './records.ts'
import { counted, outputsOf } from './request-parts.ts'
import { type Row, readRows } from './rows.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

const separator = '<|endoftext|>'
const columns = ['text', 'story'] as const

/**
 * TinyStories: every story is a prompt to go on from, in the order of the file. Reads the text files (stories parted by
 * `<|endoftext|>`), and Parquet, CSV or JSON with a column `text` (or `story`).
 */
export async function* tinyStories(
  spec: SpecOf<'tinystories'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path } = spec.source
  const outputs = outputsOf(spec, context.seed)
  const stories = path.endsWith('.txt') ? textStories(path) : rowStories(path, context)
  let id = 0
  for await (const { story, line } of stories) {
    const request = {
      id,
      input: { kind: 'prompt' as const, text: story },
      output: { tokens: outputs(id), mode: spec.outputMode },
      sampling: spec.sampling,
      place: `${path}:${line}`,
    }
    yield counted(request, context.tokenizer)
    id++
  }
  if (id === 0)
    throw emptyFile(path, `Expected stories parted by lines with ${separator}, or a column "text".`)
}

interface Story {
  readonly story: string
  readonly line: number
}

async function* textStories(path: string): AsyncGenerator<Story> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
  let story: string[] = []
  let line = 0
  let from = 1
  const whole = function* (): Generator<Story> {
    const text = story.join('\n').trim()
    if (text.includes('\uFFFD')) throw unreadable(path, `the story at line ${from} is not UTF-8.`)
    if (text !== '') yield { story: text, line: from }
    story = []
    from = line + 1
  }
  try {
    for await (const text of lines) {
      line++
      const [before = '', ...parts] = text.split(separator)
      story.push(before)
      for (const part of parts) {
        yield* whole()
        story.push(part)
      }
    }
    yield* whole()
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw unreadable(path, messageOf(cause), cause)
    throw cause
  }
}

async function* rowStories(path: string, context: SourceContext): AsyncGenerator<Story> {
  for await (const { fields, line } of readRows(path, [], columns, context)) {
    const story = storyOf(fields)
    if (story !== undefined) yield { story, line }
  }
}

function storyOf(fields: Row['fields']): string | undefined {
  const [text] = columns
    .map((name) => fields[name])
    .filter((value) => typeof value === 'string' && value !== '')
  return typeof text === 'string' ? text : undefined
}

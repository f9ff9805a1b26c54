import { isObject, type JsonObject, type Reported, type ResultReader } from '../reader.ts'
import { aiperf } from './aiperf.ts'
import { assay } from './assay.ts'
import { guidellm } from './guidellm.ts'
import { sglangBench } from './sglang-bench.ts'
import { vllmBench } from './vllm-bench.ts'

/** Every tool whose result files are understood. A file is the first one's that knows it. */
export const readers = {
  aiperf,
  assay,
  guidellm,
  'sglang-bench': sglangBench,
  'vllm-bench': vllmBench,
} as const satisfies Record<string, ResultReader>

export type ReaderName = keyof typeof readers

/** What a tool reports, and which tool it was. */
export interface Recognised extends Reported {
  readonly reader: ReaderName
}

/** Reads the text of a result file; `undefined` when it is not JSON or nobody's. */
export function recognise(text: string): Recognised | undefined {
  const content = parsed(text)
  if (content === undefined) return undefined
  for (const [reader, { read }] of Object.entries(readers)) {
    const reported = read(content)
    if (reported !== undefined) return { reader: reader as ReaderName, ...reported }
  }
  return undefined
}

/** JSON, or the last line of JSON lines: a tool that appends wrote the latest run last. */
function parsed(text: string): JsonObject | undefined {
  const lastLine = text.trimEnd().split('\n').at(-1) ?? ''
  for (const candidate of [text, withoutPythonNumbers(text), lastLine, withoutPythonNumbers(lastLine)]) {
    try {
      const content = JSON.parse(candidate) as unknown
      if (isObject(content)) return content
    } catch {
      // Not this shape; another one, or none of ours.
    }
  }
  return undefined
}

/** Python's json module writes Infinity and NaN, which JSON does not have: a request rate without a limit, for one. */
function withoutPythonNumbers(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:Infinity|NaN)\b/g, (match) =>
    match.startsWith('"') ? match : 'null',
  )
}

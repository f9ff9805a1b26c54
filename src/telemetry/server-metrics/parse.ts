import type { MetricSample } from '../../model/server-kind.ts'

/** More samples than this of one page are not kept. */
const mostSamples = 100_000
const mostLabels = 64
const nameAt = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const labelAt = /\s*([a-zA-Z_][a-zA-Z0-9_.]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y

/**
 * The samples of a metrics page, in Prometheus' text format or as OpenMetrics; lines that are neither are passed over.
 * Format: prometheus.io/docs/instrumenting/exposition_formats.
 */
export function parseMetrics(text: string): MetricSample[] {
  const samples: MetricSample[] = []
  for (const line of text.split('\n')) {
    if (samples.length >= mostSamples) break
    const sample = line === '' || line.startsWith('#') ? undefined : parseLine(line.trimStart())
    if (sample !== undefined) samples.push(sample)
  }
  return samples
}

function parseLine(line: string): MetricSample | undefined {
  const name = nameAt.exec(line)?.[0]
  if (name === undefined) return undefined
  const labels: Record<string, string> = {}
  let at = name.length
  if (line[at] === '{') {
    const end = readLabels(line, at + 1, labels)
    if (end === undefined) return undefined
    at = end
  }
  // A time stamp or an exemplar may follow the value.
  const value = readValue(line.slice(at).trimStart().split(/\s/, 1)[0] ?? '')
  return value === undefined ? undefined : { name, labels, value }
}

/** Fills in the labels; gives where the brace behind them ends. */
function readLabels(line: string, from: number, labels: Record<string, string>): number | undefined {
  let at = from
  for (let n = 0; n <= mostLabels; n++) {
    while (line[at] === ' ') at++
    if (line[at] === '}') return at + 1
    labelAt.lastIndex = at
    const found = labelAt.exec(line)
    if (found === null) return undefined
    const [whole, key = '', value = ''] = found
    if (key !== '__proto__') labels[key] = value.replaceAll(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))
    at += whole.length
  }
  return undefined
}

function readValue(text: string): number | undefined {
  switch (text) {
    case '+Inf':
    case 'Inf':
      return Number.POSITIVE_INFINITY
    case '-Inf':
      return Number.NEGATIVE_INFINITY
    case '':
    case 'NaN':
      // Not a number is no reading.
      return undefined
    default: {
      const value = Number(text)
      return Number.isNaN(value) ? undefined : value
    }
  }
}

import { grpcDialects } from '../model/dialect.ts'
import { readUrl } from './endpoint-url.ts'
import { at, type Entry, given, isFields, named, needs } from './fields.ts'
import { listed, type Mistake } from './mistakes.ts'
import type { Path } from './schema-nodes.ts'

const sources = ['engine', 'url', 'urls'] as const
/** Headers that Assay writes itself: a second one would break the request or its accounting. */
const ownHeaders = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'x-request-id',
  'accept-encoding',
]

/** Headers that RFC 9113, section 8.2.2, forbids, besides those above. */
const http1Headers = ['keep-alive', 'proxy-connection', 'upgrade', 'te', 'http2-settings']

/** Mistakes between the keys of a target, and in its URLs and headers. */
export function targetConflicts(entry: Entry): Mistake[] {
  return [
    ...sourceConflicts(entry),
    ...transportConflicts(entry),
    ...needs(entry, 'options', 'engine'),
    ...(entry.fields.restart === true ? needs(entry, 'restart', 'engine') : []),
    ...urlMistakes(entry),
    ...headerMistakes(entry),
  ]
}

function sourceConflicts(entry: Entry): Mistake[] {
  const found = given(entry, sources)
  const [first, second] = found
  if (first === undefined) {
    const message = `a target needs one of ${listed(sources)}.`
    return [{ path: entry.path, message, hint: 'For a running server: url: http://127.0.0.1:8000' }]
  }
  if (second !== undefined) {
    const message = `${listed(found, 'and')} exclude each other.`
    return [at(entry, second, message, 'Keep one; several servers are several targets, or one with urls.')]
  }
  return []
}

function transportConflicts(entry: Entry): Mistake[] {
  const { engine, transport, dialect } = entry.fields
  const name = named(entry, 'transport')
  if (transport !== undefined && grpcDialects.includes(String(dialect))) {
    const message = `${String(dialect)} is a dialect of gRPC: ${name} ${String(transport)} does not go with it.`
    return [at(entry, 'transport', message, `Leave ${name} out.`)]
  }
  if (engine === undefined || transport !== 'http2') return []
  const message = `${name} http2 does not go with an engine that Assay starts: it speaks HTTP/1.1.`
  return [at(entry, 'transport', message, `Leave ${name} out.`)]
}

function urlMistakes(entry: Entry): Mistake[] {
  const { url, urls, dialect } = entry.fields
  const written: readonly (readonly [Path, unknown])[] = [
    [[...entry.path, 'url'], url],
    ...(Array.isArray(urls) ? urls.map((one: unknown, i) => [[...entry.path, 'urls', i], one] as const) : []),
  ]
  const page = entry.fields.metricsUrl
  if (typeof page === 'string' && !/^https?:$/.test(URL.canParse(page) ? new URL(page).protocol : '')) {
    const message = `${named(entry, 'metricsUrl')}: ${JSON.stringify(page)} is not the URL of a page.`
    return [at(entry, 'metricsUrl', message, 'Write it like http://127.0.0.1:8002/metrics.')]
  }
  let spoken = dialect
  return written.flatMap(([path, text]) => {
    if (typeof text !== 'string' || text === '') return []
    const read = readUrl(text)
    if (!read.ok) return [{ path, message: read.message, hint: read.hint }]
    if (read.dialect === undefined) return []
    spoken ??= read.dialect
    if (spoken === read.dialect) return []
    const message = `the path of ${JSON.stringify(text)} is that of ${read.dialect}, not ${String(spoken)}.`
    return [{ path, message, hint: 'Leave the path out, or change the dialect.' }]
  })
}

function headerMistakes(entry: Entry): Mistake[] {
  const { headers, apiKeyEnv, transport } = entry.fields
  if (!isFields(headers)) return []
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = [...entry.path, 'headers', name]
    const what = JSON.stringify(name)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      return [
        { path, message: `${what} cannot be the name of a header.`, hint: 'Use letters, digits and "-".' },
      ]
    }
    if (ownHeaders.includes(name.toLowerCase())) {
      return [{ path, message: `the header ${what} is set by Assay itself.`, hint: 'Leave it out.' }]
    }
    if (transport === 'http2' && http1Headers.includes(name.toLowerCase())) {
      const message = `the header ${what} does not exist in HTTP/2.`
      return [{ path, message, hint: `Leave it out, or ${named(entry, 'transport')} http2.` }]
    }
    if (apiKeyEnv !== undefined && name.toLowerCase() === 'authorization') {
      const message = `${named(entry, 'apiKeyEnv')} sends the header ${what} already.`
      return [{ path, message, hint: 'Keep one of the two.' }]
    }
    if (typeof value === 'string' && !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      // The value may be a key: it is not shown.
      const message = `the value of header ${what} has a line break or another character that no header can hold.`
      return [{ path, message, hint: 'A key read from a file often ends in a line break.' }]
    }
    return []
  })
}

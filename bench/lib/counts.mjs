// What a sound client reports of replies that the reference server logged, fault by fault, and where one differs.

/** What is done to every second reply of an endpoint: the first, which a run begins with, is always sound. */
const faults = [
  'split',
  'bundle-3',
  'join-4',
  'short',
  'wrong-usage',
  'no-usage',
  'content-length',
  'error-200',
  'cut',
  'reset',
  'truncated',
  'status-429',
]

/** Models of the reference server where the name of any other will not do. */
const models = { 'triton-infer': 'plain' }

const failures = {
  'error-200': ['stream-error'],
  cut: ['truncated', 'reset'],
  // A client that is kept busy may see no more than an end.
  reset: ['reset', 'truncated'],
  truncated: ['truncated'],
  'status-429': ['http-status', 'grpc-status'],
}
/** Protocols whose streams have no end of their own: what is missing does not show. */
const endless = ['vllm-generate', 'triton-generate']
/** And whose servers have no words for a failure. */
const speechless = ['vllm-generate']
/** Usage that is off by these many tokens; the server's own figure. */
const wrongBy = 7

/** Base URLs of a target: every persona with every fault, or each fault with the next persona. */
function basesOf(url, personas, everyPair) {
  const base = (persona, fault) => `${url}/as/${persona.name}/fault/${fault}@2`
  return everyPair
    ? personas.flatMap((persona) => faults.map((fault) => base(persona, fault)))
    : faults.map((fault, i) => base(personas[i % personas.length], fault))
}

/** The study of one dialect against the personas that speak it: every fault, replies of 1 to 40 tokens. */
export function studyOf({ dialect, personas, url, requests, workload, everyPair = false }) {
  const mode = dialect.capabilities.exactLength === undefined ? 'up-to' : 'exact'
  return {
    name: dialect.name,
    capture: 'text',
    targets: [
      {
        urls: basesOf(url, personas, everyPair),
        dialect: dialect.name,
        model: models[dialect.name] ?? 'reference',
      },
    ],
    workloads: [{ source: 'jsonl', path: workload, output: { tokens: { uniform: [1, 40] }, mode } }],
    loads: [{ concurrency: 16, requests, warmup: { requests: 0 } }],
  }
}

/** One line of a workload that the dialect can send. */
export function promptLine(dialect) {
  const prompt = dialect.capabilities.inputs.includes('prompt') ? 'How many words are here?' : [7, 8, 9]
  return `${JSON.stringify({ prompt })}\n`
}

/**
 * Where a client's records differ from the server's log, a line each. `records`: as `readRun` gives them; `texts`: by
 * index, what was captured.
 */
export function differencesOf({ dialect, runId, records, texts, truth, tokenText }) {
  const logged = new Map(truth.requests.map((request) => [request.requestId, request]))
  const lines = []
  for (const record of records) {
    const request = logged.get(`${runId}-${record.index}`)
    const fault = request?.fault?.split('@')[0]
    const say = (what, expected, got) => {
      if (JSON.stringify(expected) === JSON.stringify(got)) return
      const [should, did] = [expected, got].map((value) => JSON.stringify(value) ?? 'nothing')
      lines.push(`${record.index} (${fault ?? 'sound'}): ${what} ${did}, not ${should}`)
    }
    if (request === undefined) {
      lines.push(`${record.index}: the server never saw it, ${outcomeOf(record)}`)
      continue
    }
    say('outcome', expectedOutcome(dialect, fault, record), outcomeOf(record))
    // A reset may overtake what was sent before it.
    const seen = record.events.atNs.length
    const written = request.eventNs.length
    // Where events count tokens too, what the last count has more may be taken for an event of its own.
    const isCountedOn = fault === 'wrong-usage' && seen === written + 1
    const events = fault === 'reset' ? Math.min(seen, written) : isCountedOn ? seen : written
    say('events', events, seen)
    const tokens = tokensUpTo(request, Math.min(events, written))
    say('text', dialect.name === 'vllm-tokens' ? '' : tokenText(0, tokens), texts.get(record.index) ?? '')
    if (record.outcome.kind === 'completed') sayTokens(say, dialect, fault, tokens, record)
  }
  if (truth.unlogged > 0) lines.push(`${truth.unlogged} events were not logged`)
  return lines
}

function sayTokens(say, dialect, fault, tokens, { outputTokens, outcome }) {
  const source = outputTokens?.source
  const isStated = source === 'usage'
  // Engines that count in every event go on doing so.
  const isSilent = fault === 'no-usage' && dialect.capabilities.usage !== 'every-event'
  if (isSilent && isStated) say('usage', 'none', outputTokens.value)
  // Events say how many tokens there are where each has one,
  // and a whole answer is one event.
  else if (isStated || source === 'token-ids' || (fault !== 'bundle-3' && dialect.capabilities.streaming)) {
    say('tokens', fault === 'wrong-usage' && isStated ? tokens + wrongBy : tokens, outputTokens?.value)
  }
  const reason = { short: 'stop' }[fault] ?? 'length'
  if (outcome.finishReason !== undefined && source !== undefined) {
    say('finish', true, isReason(outcome.finishReason, reason))
  }
}

/** Reasons are kept as servers spell them. */
function isReason(said, reason) {
  return { length: /length|limit|max_tokens/, stop: /stop|eos|end_turn/ }[reason].test(said)
}

function tokensUpTo({ tokens, eventTokens, eventNs }, events) {
  if (events === eventNs.length) return tokens
  return eventTokens === undefined ? events : eventTokens.slice(0, events).reduce((sum, n) => sum + n, 0)
}

function outcomeOf({ outcome }) {
  return outcome.kind === 'failed' ? `failed: ${outcome.error}` : outcome.kind
}

/** Several words may be right: then the one that was said. */
function expectedOutcome(dialect, fault, record) {
  const got = outcomeOf(record)
  const kinds = failures[fault]
  if (kinds === undefined) return 'completed'
  // What goes wrong in the middle of a stream does not happen to a reply that comes whole.
  if (!dialect.capabilities.streaming && ['error-200', 'truncated'].includes(fault)) return 'completed'
  if (endless.includes(dialect.name) && fault === 'truncated') {
    return record.events.atNs.length === 0 ? 'failed: empty' : 'completed'
  }
  if (speechless.includes(dialect.name) && fault === 'error-200') return expected(['truncated', 'reset'], got)
  return expected(kinds, got)
}

function expected(kinds, got) {
  const words = kinds.map((kind) => `failed: ${kind}`)
  return words.includes(got) ? got : words.join(' or ')
}

// What each step of the hot path costs, in ns per event, beside what an ordinary client does per event: JSON.parse, and
// eventsource-parser. Events are chunks of /v1/chat/completions as the reference server writes them. The steps take
// turns, several rounds; each round's figure is the median of mitata's samples. About 2 minutes.
//   npm run bench:micro -- [--rounds 7] [--ms 200] [--json FILE]
import { createParser } from 'eventsource-parser'
import { do_not_optimize, measure } from 'mitata'
import { SseSplitter } from '../dist/dialects/framing/sse.js'
import { OpenAiReader } from '../dist/dialects/openai-stream.js'
import { HeadMemory } from '../dist/dialects/transport/head.js'
import { ResponseParser } from '../dist/dialects/transport/response-parser.js'
import { Recorder } from '../dist/load/recorder.js'
import { requestColumns } from '../dist/model/record-block.js'
import { chunked } from '../dist/reference/framing.js'
import { openAiChat } from '../dist/reference/shapes/openai.js'
import { BlockEncoder } from '../dist/store/journal-format.js'
import { cores, pin } from './lib/machine.mjs'
import { begin, interleaved } from './lib/options.mjs'
import { progress } from './lib/progress.mjs'
import { summary } from './lib/statistics.mjs'
import { number, printTable, range, ratio } from './lib/table.mjs'

const { values, finish } = begin('micro', 'Cost of the hot path, ns per event', { rounds: 7, ms: 200 })
// No server here: this process is the client.
pin(process.pid, cores.client)

/** As many as a full block of the recorder holds. */
const events = 8192
/** Of one stream, as a request of that many tokens. */
const streamEvents = 128
const shape = openAiChat()
const asked = shape.ask({ messages: [{ content: 'a' }] }, { model: 'reference', outputTokens: 16 })
const identity = { id: 'bench-0', model: 'reference', created: 1_700_000_000, firstNs: 0, lastNs: 0 }
const frames = shape.frames(asked, identity).plain
const plainTails = Array.from({ length: 50 }, (_, k) => frames.tail(k)).filter((tail) => !tail.includes('\\'))
const nothing = Buffer.alloc(0)

/** Frames whose text alone differs, and ones with a field that differs in each, as OpenAI's own `obfuscation` does. */
const sameFrames = Array.from({ length: streamEvents }, (_, k) =>
  Buffer.concat([frames.beforeText, plainTails[k % plainTails.length]]),
)
const changingFrames = sameFrames.map((frame, k) =>
  Buffer.from(frame.toString().replace(/}\n\n$/, `,"obfuscation":"${'x'.repeat(k % 7)}${k}"}\n\n`)),
)
const payloadOf = (frame) => frame.subarray('data: '.length, frame.length - 2)
const samePayloads = sameFrames.map(payloadOf)
const changingPayloads = changingFrames.map(payloadOf)
const texts = samePayloads.map((payload) => payload.toString())
const head = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
)
const chunks = sameFrames.map((frame) => chunked(frame, nothing))
const packed = Array.from({ length: streamEvents / 32 }, (_, i) =>
  Buffer.concat(chunks.slice(i * 32, i * 32 + 32)),
)
const packedFrames = Array.from({ length: streamEvents / 32 }, (_, i) =>
  Buffer.concat(sameFrames.slice(i * 32, i * 32 + 32)),
)

let seen = 0
const sink = {
  event: (flags, tokens, _bytes, start, end) => {
    seen += flags + tokens + end - start
  },
  usage() {},
  finish() {},
  serverId() {},
  prompt() {},
  fail(kind, message) {
    throw new Error(`${kind}: ${message}`)
  },
}
const streams = events / streamEvents
const decoder = new TextDecoder()

/** Splits `pieces`, each a read of its own, as often as there are streams. */
function splitting(pieces) {
  const splitter = new SseSplitter((_, start, end) => {
    seen += end - start
  })
  return () => {
    for (let s = 0; s < streams; s++) {
      splitter.reset()
      for (const piece of pieces) splitter.feed(piece, 0, piece.length)
    }
  }
}

function chunkParsing(pieces) {
  const parser = new ResponseParser(
    {
      head() {},
      body: (_, start, end) => {
        seen += end - start
      },
      broken(kind, message) {
        throw new Error(`${kind}: ${message}`)
      },
    },
    new HeadMemory(),
  )
  return () => {
    for (let s = 0; s < streams; s++) {
      parser.reset()
      parser.read(head, 0, head.length)
      for (const piece of pieces) parser.read(piece, 0, piece.length)
    }
  }
}

function reading(payloads) {
  const reader = new OpenAiReader()
  return () => {
    for (let s = 0; s < streams; s++) {
      reader.reset()
      for (const payload of payloads) reader.read(payload, 0, payload.length, sink)
    }
  }
}

/** A recorder whose blocks go to `append`. */
const makeRecorder = (append) =>
  new Recorder({
    sink: {
      append,
      async close() {},
    },
    worker: 0,
    capture: 'text',
    onFailure(error) {
      throw error
    },
  })
/** Lets the recorder have its block back. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

function recording() {
  const recorder = makeRecorder(async () => {})
  const text = Buffer.from(' evening')
  return async () => {
    for (let i = 0; i < events; i++) recorder.event(i & 63, i * 1000, 1, 1, text, 0, text.length, 0)
    await turn()
  }
}

/** A full block as the recorder hands it over. */
async function fullBlock() {
  let block
  const recorder = makeRecorder(async (given) => {
    const { request, atNs, tokens, flags, prompt, textBytes, count } = given.events
    block = {
      ...given,
      events: {
        count,
        request: request.slice(),
        atNs: atNs.slice(),
        tokens: tokens.slice(),
        flags: flags.slice(),
        prompt: prompt.slice(),
        textBytes: textBytes.slice(),
      },
      text: given.text.slice(),
      requests: {
        ...given.requests,
        rows: given.requests.rows.slice(),
        details: [...given.requests.details],
      },
    }
  })
  for (let i = 0; i < streams; i++) {
    const flight = { row: new Float64Array(requestColumns.length) }
    recorder.began(flight)
    recorder.ended(flight, { finishReason: 'length', serverId: `chatcmpl-bench-${i}` })
  }
  const text = Buffer.from(' evening')
  for (let i = 0; i < events; i++) recorder.event(i & 63, i * 1000, 1, 1, text, 0, text.length, 0)
  await turn()
  return block
}

async function encoding() {
  const block = await fullBlock()
  const encoder = new BlockEncoder()
  return () => {
    seen += encoder.encode(block).length
  }
}

/** Everything from bytes of a socket to bytes of a journal. */
function whole(pieces) {
  const encoder = new BlockEncoder()
  const recorder = makeRecorder(async (block) => {
    seen += encoder.encode(block).length
  })
  const reader = new OpenAiReader()
  let request = 0
  let atNs = 0
  const toRecorder = {
    ...sink,
    event: (flags, tokens, bytes, start, end) =>
      recorder.event(request, atNs, tokens, flags, bytes, start, end, 0),
  }
  const splitter = new SseSplitter((bytes, start, end) => reader.read(bytes, start, end, toRecorder))
  const parser = new ResponseParser(
    {
      head() {},
      body: (bytes, start, end) => splitter.feed(bytes, start, end),
      broken(kind, message) {
        throw new Error(`${kind}: ${message}`)
      },
    },
    new HeadMemory(),
  )
  return async () => {
    for (let s = 0; s < streams; s++) {
      request = s
      parser.reset()
      splitter.reset()
      reader.reset()
      parser.read(head, 0, head.length)
      for (const piece of pieces) {
        atNs += 1000
        parser.read(piece, 0, piece.length)
      }
    }
    await turn()
  }
}

function jsonParsing() {
  return () => {
    for (let s = 0; s < streams; s++) for (const text of texts) seen += JSON.parse(text).choices.length
  }
}

/** Decoding, splitting by eventsource-parser, and JSON.parse of each event if `parse`. */
function ordinary(pieces, parse) {
  return () => {
    for (let s = 0; s < streams; s++) {
      const parser = createParser({
        onEvent({ data }) {
          seen += parse ? JSON.parse(data).choices.length : data.length
        },
      })
      for (const piece of pieces) parser.feed(decoder.decode(piece, { stream: true }))
    }
  }
}

const steps = {
  'chunk parser, an event a read': chunkParsing(chunks),
  'chunk parser, 32 events a read': chunkParsing(packed),
  'SSE splitter, an event a read': splitting(sameFrames),
  'SSE splitter, 32 events a read': splitting(packedFrames),
  'stream reader, template': reading(samePayloads),
  'stream reader, JSON': reading(changingPayloads),
  'recorder.event': recording(),
  'journal encode': await encoding(),
  'all of these, an event a read': whole(chunks),
  'all of these, 32 events a read': whole(packed),
  'JSON.parse of a string': jsonParsing(),
  'decode and eventsource-parser': ordinary(sameFrames, false),
  'decode, eventsource-parser, JSON.parse': ordinary(sameFrames, true),
}
const bases = { parse: 'JSON.parse of a string', split: 'decode and eventsource-parser' }

const names = Object.keys(steps)
progress(
  `${names.length} steps, ${values.rounds} rounds, about ${Math.ceil((names.length * values.rounds * values.ms * 1.6) / 60_000)} minutes`,
)
const perEvent = Object.fromEntries(names.map((name) => [name, []]))
const options = { min_cpu_time: values.ms * 1e6, min_samples: 8, max_samples: 1e6 }
// Once for the compiler: what runs first would else be measured cold, and what runs later beside other shapes.
for (const name of names) await measure(steps[name], { ...options, min_cpu_time: 20e6 })
for (const { name, repeat } of interleaved(names, values.rounds)) {
  const { p50 } = await measure(steps[name], options)
  perEvent[name].push(p50 / events)
  if (name === (repeat % 2 === 1 ? names.at(-1) : names[0])) progress(`round ${repeat} of ${values.rounds}`)
}
do_not_optimize(seen)

const of = Object.fromEntries(names.map((name) => [name, summary(perEvent[name])]))
printTable(
  ['', 'ns per event', '/ JSON.parse', '/ eventsource-parser'],
  names.map((name) => [
    name,
    range(of[name]),
    ratio(of[name].median, of[bases.parse].median),
    ratio(of[name].median, of[bases.split].median),
  ]),
)
const [own, theirs] = [of['all of these, an event a read'], of['decode, eventsource-parser, JSON.parse']]
console.log(
  `From bytes to journal, an event a read: ${number(theirs.median / own.median)} times as fast as decoding, ` +
    'eventsource-parser and JSON.parse, which keep nothing.',
)
finish({ eventBytes: sameFrames[0].length, summaries: of, rounds: perEvent })

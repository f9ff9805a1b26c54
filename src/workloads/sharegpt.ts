import { messageOf } from '../model/errors.ts'
import type { ChatMessage } from '../model/request.ts'
import { makeRng } from '../random/rng.ts'
import { emptyFile, FileMistakes, isObject } from './mistakes.ts'
import { readRecords } from './records.ts'
import { counted, measure, outputsOf } from './request-parts.ts'
import { liveNotice, type RecordedTurn, sessionRequests } from './sessions.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

interface Said {
  readonly from: 'user' | 'assistant' | 'system'
  readonly text: string
}

interface Conversation {
  readonly id: string
  readonly said: readonly Said[]
  readonly place: string
}

/** Who speaks, as the various copies of the file have it. */
const speakers: Readonly<Record<string, Said['from']>> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  assistant: 'assistant',
  system: 'system',
}

const approximate =
  'Output lengths of recorded answers are approximate: no tokenizer was given, so a word is taken to be 1.3 tokens.'

/**
 * Conversations in the format of ShareGPT, `[{"id", "conversations": [{"from": "human" | "gpt", "value"}]}]`, as an array or
 * by the line. `take` says what becomes a request: every turn of the user by itself, the first one with the length of its
 * answer, or the whole conversation. What has not the turns for it is left out, counted and told.
 */
export async function* shareGpt(
  spec: SpecOf<'sharegpt'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, take, pick, history = 'recorded', thinkMs, output } = spec.source
  const outputs = outputsOf(spec, context.seed)
  const leftOut = new Map<string, number>()
  let conversations = 0
  let id = 0
  const answerTokens = (at: number, answer: string) =>
    output === undefined ? measure(answer, context.tokenizer).value : outputs(at)
  const isPicked = pick === undefined ? () => true : await picker(spec, pick, context.seed)
  for await (const conversation of readConversations(path)) {
    if (!isPicked()) continue
    conversations++
    const made = requestsOf(conversation)
    if (typeof made === 'string') {
      leftOut.set(made, (leftOut.get(made) ?? 0) + 1)
      continue
    }
    yield* made
    id += made.length
  }
  if (id === 0)
    throw emptyFile(
      path,
      'Expected conversations: [{"conversations": [{"from": "human", "value": "…"}, …]}, …].',
    )
  if (leftOut.size > 0) {
    const sum = [...leftOut.values()].reduce((a, b) => a + b, 0)
    const reasons = [...leftOut].map(([reason, count]) => `${count} ${reason}`).join(', ')
    context.notice(`${sum} of ${conversations} conversations of ${path} are left out: ${reasons}.`)
  }
  if (take !== 'turns' && output === undefined && context.tokenizer === undefined) context.notice(approximate)
  if (take === 'conversations' && history === 'live') context.notice(liveNotice)

  function requestsOf({ id: name, said, place }: Conversation): SourcedRequest[] | string {
    if (said.length === 0) return 'without turns'
    const users = said.filter(({ from }) => from === 'user')
    if (users.length === 0) return 'without a turn of the user'
    if (take === 'turns') {
      return users.map(({ text }, i) => single(id + i, text, outputs(id + i), place))
    }
    const opening = said.filter(({ from }) => from !== 'system')
    if (opening[0]?.from !== 'user') return 'that begin with an answer'
    if (opening[1]?.from !== 'assistant') return 'without an answer to the first turn'
    if (take === 'first-turn') {
      return [single(id, opening[0].text, answerTokens(id, opening[1].text), place)]
    }
    const turns = turnsOf(said, thinkMs, (position, answer) => answerTokens(id + position, answer))
    return sessionRequests({ id: name, turns, place }, id, spec, history).map((request) =>
      counted(request, context.tokenizer),
    )
  }

  function single(at: number, text: string, tokens: number, place: string): SourcedRequest {
    return counted(
      {
        id: at,
        input: { kind: 'prompt', text },
        output: { tokens, mode: spec.outputMode },
        sampling: spec.sampling,
        place,
      },
      context.tokenizer,
    )
  }
}

/**
 * Tells of each conversation in turn whether it is one of `pick` drawn from the file, every choice of so many being equally
 * likely (selection sampling, Knuth 3.4.2 S). Reads the file once to count.
 */
async function picker(
  { name, source }: SpecOf<'sharegpt'>,
  pick: number,
  seed: number,
): Promise<() => boolean> {
  let left = 0
  for await (const _ of readRecords(source.path)) left++
  const rng = makeRng(seed).split('workload').split(name).split('pick')
  let wanted = pick
  return () => {
    const isPicked = rng.next() * left < wanted
    left--
    if (isPicked) wanted--
    return isPicked
  }
}

/** A turn for each answer; what is said before it belongs to it. */
function turnsOf(
  said: readonly Said[],
  thinkMs: number | undefined,
  tokensOf: (position: number, answer: string) => number,
): RecordedTurn[] {
  const turns: RecordedTurn[] = []
  let messages: ChatMessage[] = []
  for (const { from, text } of said) {
    if (from !== 'assistant') {
      messages.push({ role: from, content: text })
      continue
    }
    const position = turns.length
    turns.push({
      messages,
      answer: text,
      outputTokens: tokensOf(position, text),
      ...(position === 0 ? {} : { after: [position - 1] }),
      ...(position === 0 || thinkMs === undefined ? {} : { thinkMs }),
    })
    messages = []
  }
  return turns
}

async function* readConversations(path: string): AsyncGenerator<Conversation> {
  const mistakes = new FileMistakes(path)
  let position = 0
  for await (const { text, line } of readRecords(path)) {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      mistakes.add(line, `not JSON (${messageOf(error)}); expected {"conversations": […]}.`)
      continue
    }
    if (!isObject(value)) {
      mistakes.add(line, 'expected {"conversations": […]}.')
      continue
    }
    if (mistakes.any) continue
    const { id, conversations, conversation, items } = value
    const turns = [conversations, conversation, items].find(Array.isArray) ?? []
    yield {
      id: typeof id === 'string' ? id : `${position}`,
      said: turns.flatMap(readTurn),
      place: `${path}:${line}`,
    }
    position++
  }
  mistakes.check()
}

/** A turn with words; others are as if they were missing. */
function readTurn(turn: unknown): Said[] {
  if (!isObject(turn)) return []
  const { from, role, value, content } = turn
  const speaker = speakers[String(from ?? role)]
  const text = value ?? content
  return speaker !== undefined && typeof text === 'string' && text.trim() !== ''
    ? [{ from: speaker, text }]
    : []
}

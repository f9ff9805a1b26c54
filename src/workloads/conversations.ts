import { messageOf } from '../model/errors.ts'
import type { ChatMessage } from '../model/request.ts'
import type { History } from '../model/workload-source.ts'
import { emptyFile, FileMistakes, isCount, isObject, shown } from './mistakes.ts'
import { readRecords } from './records.ts'
import { counted, measure, outputsOf } from './request-parts.ts'
import { liveNotice, type RecordedTurn, sessionRequests } from './sessions.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

/** A turn as a file states it, its place among the others checked. */
interface StatedTurn {
  readonly user: string
  readonly answer?: string
  readonly outputTokens?: number
  readonly thinkMs?: number
  readonly after?: readonly number[]
}

/**
 * Sessions of several turns, one JSON object a line: {"id", "system", "turns": [{"user", "answer", "output_tokens",
 * "think_ms", "after": [turns]}]}. A turn goes on from the one before it, or from those in `after`: two turns after one are
 * sent side by side, one turn after two waits for both.
 */
export async function* conversations(
  spec: SpecOf<'conversations'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, history = 'recorded', thinkMs } = spec.source
  const outputs = outputsOf(spec, context.seed)
  const mistakes = new FileMistakes(path)
  let id = 0
  let session = 0
  for await (const { text, line } of readRecords(path)) {
    const read = readSession(text, history, (message) => mistakes.add(line, message))
    if (read === undefined || mistakes.any) continue
    const turns = read.turns.map((turn, position): RecordedTurn => {
      const recorded = turn.answer === undefined ? undefined : measure(turn.answer, context.tokenizer).value
      const think = turn.thinkMs ?? thinkMs
      const own = turn.outputTokens ?? (spec.source.output === undefined ? recorded : undefined)
      return {
        messages: messagesOf(turn, turn.after === undefined ? read.system : undefined),
        ...(turn.answer === undefined ? {} : { answer: turn.answer }),
        outputTokens: own ?? outputs(id + position),
        ...(turn.after === undefined ? {} : { after: turn.after }),
        ...(think === undefined || turn.after === undefined ? {} : { thinkMs: think }),
      }
    })
    const place = `${path}:${line}`
    for (const request of sessionRequests({ id: read.id ?? `${session}`, turns, place }, id, spec, history)) {
      yield counted(request, context.tokenizer)
    }
    id += turns.length
    session++
  }
  mistakes.check()
  if (id === 0)
    throw emptyFile(path, 'Write one session a line: {"turns": [{"user": "Hi", "answer": "Hello."}]}.')
  if (history === 'live') context.notice(liveNotice)
}

function messagesOf({ user }: StatedTurn, system: string | undefined): ChatMessage[] {
  const said: ChatMessage = { role: 'user', content: user }
  return system === undefined ? [said] : [{ role: 'system', content: system }, said]
}

function readSession(
  text: string,
  history: History,
  mistake: (message: string) => void,
): { readonly id?: string; readonly system?: string; readonly turns: readonly StatedTurn[] } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    mistake(`not JSON (${messageOf(error)}); expected {"turns": […]}.`)
    return undefined
  }
  const fields = isObject(value) ? value : {}
  const { id, system, turns } = fields
  if (!Array.isArray(turns) || turns.length === 0) {
    mistake(`"turns" is ${shown(turns)}; expected a list of {"user", "answer"}.`)
    return undefined
  }
  if (system !== undefined && typeof system !== 'string') {
    mistake(`"system" is ${shown(system)}; expected a text.`)
    return undefined
  }
  const read = turns.map((turn: unknown, position) => readTurn(turn, position, mistake))
  const whole = read.filter((turn) => turn !== undefined)
  if (whole.length < turns.length || !answered(whole, history, mistake)) return undefined
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(system === undefined ? {} : { system }),
    turns: whole,
  }
}

function readTurn(
  turn: unknown,
  position: number,
  mistake: (message: string) => void,
): StatedTurn | undefined {
  const where = `turns[${position}]`
  if (!isObject(turn) || typeof turn.user !== 'string' || turn.user === '') {
    mistake(`"${where}" is ${shown(turn)}; expected {"user": text, "answer": text}.`)
    return undefined
  }
  const { user, answer, output_tokens, think_ms, after } = turn
  const told: string[] = []
  if (answer !== undefined && typeof answer !== 'string')
    told.push(`answer" is ${shown(answer)}; expected a text.`)
  if (output_tokens !== undefined && !isCount(output_tokens)) {
    told.push(`output_tokens" is ${shown(output_tokens)}; expected a whole number of at least 1.`)
  }
  if (think_ms !== undefined && !(Number.isSafeInteger(think_ms) && Number(think_ms) >= 0)) {
    told.push(`think_ms" is ${shown(think_ms)}; expected whole milliseconds.`)
  }
  const earlier = position === 0 ? undefined : [position - 1]
  const isEarlier = (one: unknown) => Number.isSafeInteger(one) && Number(one) >= 0 && Number(one) < position
  if (after !== undefined && !(Array.isArray(after) && after.every(isEarlier))) {
    told.push(`after" is ${shown(after)}; expected a list of earlier turns, which count from 0.`)
  }
  for (const end of told) mistake(`"${where}.${end}`)
  if (told.length > 0) return undefined
  const parents = Array.isArray(after) ? (after as number[]) : earlier
  return {
    user,
    ...(typeof answer === 'string' ? { answer } : {}),
    ...(isCount(output_tokens) ? { outputTokens: output_tokens } : {}),
    ...(typeof think_ms === 'number' ? { thinkMs: think_ms } : {}),
    ...(parents === undefined || parents.length === 0 ? {} : { after: parents }),
  }
}

/** Recorded history needs an answer wherever a conversation goes on. */
function answered(
  turns: readonly StatedTurn[],
  history: History,
  mistake: (message: string) => void,
): boolean {
  if (history === 'live') return true
  const gaps = turns.flatMap(({ after }, position) => {
    const before = after?.[0]
    return before !== undefined && turns[before]?.answer === undefined ? [[position, before] as const] : []
  })
  for (const [position, before] of gaps) {
    mistake(
      `turn ${position} goes on from turn ${before}, which has no "answer"; write it, or use history: live.`,
    )
  }
  return gaps.length === 0
}

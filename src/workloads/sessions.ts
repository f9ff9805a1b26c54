import type { ChatMessage } from '../model/request.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { History } from '../model/workload-source.ts'
import type { SourcedRequest } from './source.ts'

/** One turn of a recorded session. */
export interface RecordedTurn {
  /** What is new before the answer: the user's words, a system message in front of the first. */
  readonly messages: readonly ChatMessage[]
  /** The recorded answer; needed where another turn goes on from this one. */
  readonly answer?: string
  readonly outputTokens: number
  readonly thinkMs?: number
  /** Turns that must have ended, earlier ones of this session; the first one's conversation goes on. Absent: it opens. */
  readonly after?: readonly number[]
}

/**
 * The requests of one session, `id` from `firstId`. With recorded history each holds the whole conversation up to it; with
 * live history its own messages alone, before which the load puts what was really said.
 */
export function sessionRequests(
  session: { readonly id: string; readonly turns: readonly RecordedTurn[]; readonly place: string },
  firstId: number,
  spec: Pick<WorkloadSpec, 'outputMode' | 'sampling'>,
  history: History,
): SourcedRequest[] {
  const said: (readonly ChatMessage[])[] = []
  return session.turns.map((turn, position) => {
    const { messages, after, thinkMs } = turn
    const before = after?.[0]
    const conversation = [...(before === undefined ? [] : (said[before] ?? [])), ...messages]
    said.push(
      turn.answer === undefined
        ? conversation
        : [...conversation, { role: 'assistant', content: turn.answer }],
    )
    const isLive = history === 'live'
    return {
      id: firstId + position,
      input: { kind: 'chat', messages: isLive ? messages : conversation },
      output: { tokens: turn.outputTokens, mode: spec.outputMode },
      sampling: spec.sampling,
      session: {
        id: session.id,
        turn: position,
        ...(after === undefined ? {} : { after: after.map((earlier) => firstId + earlier) }),
        ...(thinkMs === undefined ? {} : { thinkMs }),
        ...(isLive ? { history: 'live' as const } : {}),
      },
      place: session.place,
    }
  })
}

/** Told of every workload whose sessions feed real answers back. */
export const liveNotice =
  'Not replayable: the server’s own answers are fed back, so targets are asked different things. The hash covers the turns of the user.'

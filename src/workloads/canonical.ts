import type { Request, RequestInput, SessionTurn } from '../model/request.ts'
import { samplingKeys } from '../model/workload.ts'

/** A request with its keys in one order, whatever made it: the hash depends on nothing else. */
export function canonical(request: Request): Request {
  const { id, input, output, sampling, inputTokens, session } = request
  return {
    id,
    input: canonicalInput(input),
    output: { tokens: output.tokens, mode: output.mode },
    sampling: Object.fromEntries(
      samplingKeys.flatMap((key) => (sampling[key] === undefined ? [] : [[key, sampling[key]]])),
    ),
    ...(inputTokens === undefined
      ? {}
      : { inputTokens: { value: inputTokens.value, source: inputTokens.source } }),
    ...(session === undefined ? {} : { session: canonicalSession(session) }),
  }
}

function canonicalInput(input: RequestInput): RequestInput {
  switch (input.kind) {
    case 'prompt':
    case 'body':
      return { kind: input.kind, text: input.text }
    case 'tokens':
      return { kind: input.kind, ids: input.ids }
    case 'chat':
      return {
        kind: input.kind,
        messages: input.messages.map(({ role, content }) => ({ role, content })),
      }
    case 'rich-chat':
      // Keys inside stay in the order of their file.
      return {
        kind: input.kind,
        messages: input.messages,
        ...(input.tools === undefined ? {} : { tools: input.tools }),
      }
    case 'batch':
      return { kind: input.kind, prompts: input.prompts }
    default:
      return input satisfies never
  }
}

function canonicalSession({ id, turn, after, thinkMs, history }: SessionTurn): SessionTurn {
  return {
    id,
    turn,
    ...(after === undefined ? {} : { after }),
    ...(thinkMs === undefined ? {} : { thinkMs }),
    ...(history === undefined ? {} : { history }),
  }
}

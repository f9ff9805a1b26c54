import { asked, conversation, fieldsIn, isList, prompts } from './ask.ts'
import {
  headFields,
  OpenAiFrames,
  type OpenAiKind,
  renderTails,
  timingsOf,
  usageOf,
} from './openai-frames.ts'
import { type OpenAiHabits, vllmHabits } from './openai-habits.ts'
import { promptTokens, type Shape, usual } from './shape.ts'

/** /v1/chat/completions, in the habits of one server. */
export function openAiChat(habits: Partial<OpenAiHabits> = {}): Shape {
  return openAiShape('chat', { ...vllmHabits, ...habits })
}

/** /v1/completions, in the habits of one server. */
export function openAiCompletions(habits: Partial<OpenAiHabits> = {}): Shape {
  return openAiShape('completions', { ...vllmHabits, ...habits })
}

function openAiShape(kind: OpenAiKind, habits: OpenAiHabits): Shape {
  const tails = renderTails(kind, habits)
  return {
    ...usual,
    name: `openai-${kind}`,
    streamType: habits.streamType,
    finishesApart: habits.finishesApart,
    opensAtOnce: kind === 'chat' && habits.role === 'at-once',
    inTurn: habits.inTurn,
    ask: (fields, absent) =>
      asked(fields, absent, {
        stream: fields.stream === true,
        prompts: kind === 'chat' ? conversation(fields.messages) : prompts(fields.prompt, 'prompt'),
        listed: kind === 'completions' && isList(fields.prompt),
        length: fields.max_completion_tokens ?? fields.max_tokens,
        lengthField: 'max_tokens',
        n: fields.n,
        includeUsage: fieldsIn(fields, 'stream_options').include_usage === true,
        tokenIds: fields.return_token_ids === true,
        progress: fields.return_progress === true,
      }),
    frames: (asked, identity) => new OpenAiFrames(kind, habits, tails, asked, identity),
    whole(asked, identity, answers) {
      const choices = answers.map(({ text, finish: { reason } }, index) => {
        const end = { logprobs: null, finish_reason: reason, stop_reason: null, token_ids: null }
        return kind === 'chat'
          ? { index, message: { role: 'assistant', content: text }, ...end }
          : { index, text, ...end }
      })
      const counted = answers.reduce<number | undefined>(
        (sum, { finish }) =>
          sum === undefined || finish.counted === undefined ? undefined : sum + finish.counted,
        0,
      )
      const input = promptTokens(asked)
      const usage =
        counted === undefined
          ? ''
          : `,"usage":${JSON.stringify(usageOf(input, counted, habits.cachedTokens))}`
      const timings =
        habits.timings && counted !== undefined ? `,"timings":${timingsOf(identity, input, counted)}` : ''
      const head = headFields(kind, habits, identity, 'whole')
      return `{${head},"choices":${JSON.stringify(choices)}${usage}${timings}}`
    },
    error: habits.errorBody,
    ...(habits.statuses === undefined ? {} : { statuses: habits.statuses }),
  }
}

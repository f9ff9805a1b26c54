import * as z from 'zod'
import { count, integer, text } from './values.ts'

const key = (description: string, example: unknown) => ({ description, examples: [example] })
const number = (what: string) => z.number({ error: what })
const atLeast0 = 'a number of at least 0'
const from0to1 = 'a number from 0 to 1'
const above0to1 = 'a number above 0 and up to 1'
const above0 = 'a number above 0'
const penalty = 'a number from -2 to 2'
const yesOrNo = () => z.boolean({ error: 'true or false' })

/** How tokens are chosen; sent with every request, so that no server's defaults come into a comparison. */
export const samplingSchema = z.strictObject(
  {
    temperature: number(atLeast0)
      .min(0, { error: atLeast0 })
      .default(0)
      .meta(key('0 always takes the likeliest token.', 0.7)),
    topP: number(above0to1)
      .gt(0, { error: above0to1 })
      .max(1, { error: above0to1 })
      .optional()
      .meta(key('Nucleus sampling.', 0.95)),
    topK: integer()
      .optional()
      .meta(key('Draw from this many of the likeliest tokens; −1 (0 for some servers) from all.', 40)),
    minP: number(from0to1)
      .min(0, { error: from0to1 })
      .max(1, { error: from0to1 })
      .optional()
      .meta(key('Leave out tokens less likely than this share of the likeliest.', 0.05)),
    repetitionPenalty: number(above0)
      .gt(0, { error: above0 })
      .optional()
      .meta(key('Above 1 makes repetition less likely.', 1.1)),
    presencePenalty: number(penalty)
      .min(-2, { error: penalty })
      .max(2, { error: penalty })
      .optional()
      .meta(key('Against tokens that were there.', 0.5)),
    frequencyPenalty: number(penalty)
      .min(-2, { error: penalty })
      .max(2, { error: penalty })
      .optional()
      .meta(key('Against tokens as often as they were there.', 0.5)),
    beams: count(2).optional().meta(key('Width of a beam search, which no server streams.', 4)),
    n: count().optional().meta(key('Answers to each prompt.', 2)),
    seed: integer().optional().meta(key('The server’s seed.', 1234)),
    stop: z
      .array(text(), { error: 'a list of texts' })
      .min(1, { error: 'a list of at least one text' })
      .optional()
      .meta(key('Texts that end an output. Servers hold tokens back for them.', ['END'])),
    logprobs: count(0).optional().meta(key('Log-probabilities of this many alternatives a token.', 1)),
    addSpecialTokens: yesOrNo()
      .optional()
      .meta(key('Whether the server puts its BOS (and the like) before a text.', false)),
    skipSpecialTokens: yesOrNo()
      .optional()
      .meta(key('Whether special tokens are left out of the text.', false)),
  },
  { error: 'sampling settings, such as {temperature: 0.7, seed: 1}' },
)

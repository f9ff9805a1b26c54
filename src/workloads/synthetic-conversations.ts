import { makeRng } from '../random/rng.ts'
import { englishWords, titleWords } from './english.ts'
import { drawLength } from './lengths.ts'
import { openingOf } from './opening.ts'
import { approximateText, exactTexts } from './prompt-text.ts'
import { counted } from './request-parts.ts'
import { liveNotice, type RecordedTurn, sessionRequests } from './sessions.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'
import { approximateNotice } from './synthetic.ts'

/**
 * Conversations of drawn numbers of turns: each turn of the user has a drawn length, and the answer that the next turn goes
 * on from has the length that was asked of it. Every conversation opens in its own words.
 */
export function* syntheticConversations(
  spec: SpecOf<'synthetic-conversations'>,
  context: SourceContext,
): Generator<SourcedRequest> {
  const { seed, count, tokenizer } = context
  const { prompt, output, turns, history = 'recorded', thinkMs } = spec.source
  const root = makeRng(seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const makeText = tokenizer === undefined ? approximateText : exactTexts(tokenizer)
  let id = 0
  for (let session = 0; id < count; session++) {
    const rng = root.split(`session ${session}`)
    const length = drawLength(turns, rng.split('turns'))
    const recorded = Array.from({ length }, (_, position): RecordedTurn => {
      const own = rng.split(`${position}`)
      const opening = position === 0 ? openingOf(session, shift) : []
      const asked = drawLength(prompt, own.split('prompt length'))
      const outputTokens = drawLength(output, own.split('output length'))
      const content = makeText(opening, englishWords(own.split('text')), asked).text
      const isLast = position === length - 1
      return {
        messages: [{ role: 'user', content }],
        ...(isLast ? {} : { answer: makeText([], englishWords(own.split('answer')), outputTokens).text }),
        outputTokens,
        ...(position === 0 ? {} : { after: [position - 1] }),
        ...(position === 0 || thinkMs === undefined ? {} : { thinkMs }),
      }
    })
    const place = `session ${session}`
    for (const request of sessionRequests({ id: `${session}`, turns: recorded, place }, id, spec, history)) {
      if (id++ < count) yield counted(request, tokenizer)
    }
  }
  if (tokenizer === undefined) context.notice(approximateNotice)
  if (history === 'live') context.notice(liveNotice)
}

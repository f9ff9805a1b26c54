import type { Colours } from '../report/colours.ts'
import { cutTo, padTo, printable } from '../report/terminal-text.ts'
import type { DialectTrial, Moment } from './probe-result.ts'

/** Columns of the line on which moments lie by their time. */
const trackColumns = 24

/** One request's story, a line per moment: when, where on the way, what. */
export function timelineText(
  { dialect, timeline = [], moreEvents }: DialectTrial,
  model: string,
  colours: Colours,
): string[] {
  if (timeline.length === 0) return []
  const times = timeline.map(({ atMs }) => atMs)
  const first = Math.min(...times)
  const span = Math.max(...times) - first
  const named = model === '' ? '' : `, model ${printable(model)}`
  return [
    '',
    colours.bold(cutTo(`one request, ${dialect}${named}`, 80)),
    colours.dim('   ms since sent'),
    ...timeline.map((moment) => {
      const at = span === 0 ? 0 : Math.round(((moment.atMs - first) / span) * (trackColumns - 1))
      const track = `${'─'.repeat(at)}${markOf(moment)}${' '.repeat(trackColumns - 1 - at)}`
      return `${padTo(moment.atMs.toFixed(2), 10, 'start')}  ${colours.dim(track)}  ${cutTo(wordsOf(moment), 42)}`
    }),
    ...(moreEvents === undefined ? [] : [`${' '.repeat(38)}… and ${moreEvents} events more`]),
  ]
}

function markOf(moment: Moment): string {
  switch (moment.what) {
    case 'event':
      return moment.coalesced ? '○' : '●'
    case 'failed':
      return '✗'
    default:
      return '┤'
  }
}

function wordsOf(moment: Moment): string {
  switch (moment.what) {
    case 'headers':
      return `headers, status ${moment.status}`
    case 'event': {
      const { tokens, text, kinds, coalesced } = moment
      const count = tokens === 1 ? '1 token' : `${tokens} tokens`
      const marks = [...kinds.filter((kind) => kind !== 'content'), ...(coalesced ? ['same read'] : [])]
      const note = marks.length === 0 ? '' : ` (${marks.join(', ')})`
      return `event, ${count}${note} ${quoted(text)}`
    }
    case 'finish':
      return `finish reason ${quoted(moment.reason)}`
    case 'usage': {
      const { inputTokens, outputTokens, cachedTokens } = moment
      const cached = cachedTokens === undefined ? '' : ` (${cachedTokens} cached)`
      const counts = [
        ...(inputTokens === undefined ? [] : [`${inputTokens} in${cached}`]),
        ...(outputTokens === undefined ? [] : [`${outputTokens} out`]),
      ]
      return `the server counts ${counts.join(', ')}`
    }
    case 'failed':
      return `failed, ${moment.error}: ${printable(moment.message)}`
    default:
      return moment.what
  }
}

/** Text of others between quotes, its spaces visible; nothing in it steers a terminal. */
function quoted(text: string): string {
  return printable(JSON.stringify(text))
}

import { significant, wholeNumber } from '../model/significant.ts'
import { type Colours, makeColours } from '../report/colours.ts'
import { cutTo, padTo, printable, wrapped } from '../report/terminal-text.ts'
import type { DialectTrial, ProbedMetrics, ProbeResult } from './probe-result.ts'
import { timelineText } from './timeline-text.ts'

const textColumns = 80
const labelColumns = 12
/** Unknown metrics beyond these are counted. */
const mostOthers = 12
const mostModels = 12

/** What `assay probe` prints: lines of at most 80 columns; everything a server said is made harmless. */
export function probeText(result: ProbeResult, colour: boolean): string {
  const colours = makeColours(colour)
  const { server, url, model, dialects } = result
  const version = server.version === undefined ? '' : ` ${server.version}`
  const lines = [
    cutTo(colours.bold(printable(`${server.title}${version}`)), textColumns + 20),
    ...labelled('url', url),
    ...labelled('known by', server.recognisedBy),
    ...modelLines(result),
    ...labelled('settings', settingsOf(result)),
    ...result.notices.flatMap((notice) => labelled('notice', notice)).map(colours.yellow),
    '',
    ...dialects.flatMap((trial) => trialLines(trial, colours)),
    ...(dialects.length === 0 ? [colours.yellow('no dialect of this server is known to Assay')] : []),
    ...(result.metrics === undefined ? [] : metricLines(result.metrics, colours)),
    ...dialects
      .filter(({ state }) => state === 'answers')
      .flatMap((trial) => timelineText(trial, model, colours)),
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** A label in the first line, the text hanging under itself. */
function labelled(label: string, text: string, columns = labelColumns): string[] {
  if (text === '') return []
  return wrapped(printable(text), textColumns - columns).map(
    (line, i) => (i === 0 ? label : '').padEnd(columns) + line,
  )
}

function modelLines({ models }: ProbeResult): string[] {
  const shown = models.slice(0, mostModels).map(({ name, contextTokens }) => {
    const context = contextTokens === undefined ? '' : ` (context ${wholeNumber(contextTokens)} tokens)`
    return `${name}${context}`
  })
  const more = models.length - shown.length
  const all = more > 0 ? [...shown, `and ${more} more`] : shown
  return all.length === 0
    ? labelled('models', 'none listed')
    : all.flatMap((text, i) => labelled(i === 0 ? 'models' : '', text))
}

function settingsOf({ settings }: ProbeResult): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value === true ? 'on' : value === false ? 'off' : value}`)
    .join(' · ')
}

const stateMarks = { answers: '✓', absent: '–', refuses: '✗', fails: '✗', 'not-tried': '·' } as const

function trialLines(trial: DialectTrial, colours: Colours): string[] {
  const { dialect, state, status, message, capabilities } = trial
  const mark = state === 'answers' ? colours.green(stateMarks[state]) : colours.dim(stateMarks[state])
  const words = {
    answers: 'answers',
    absent: `not spoken (${status})`,
    refuses: `refuses access (${status}): give its key with --api-key-env VARIABLE`,
    fails: `fails${status === undefined ? '' : ` (${status})`}: ${message ?? ''}`,
    'not-tried': `not tried: ${message ?? ''}`,
  }[state]
  const head = labelled(dialect, words, 22).map((line, i) => `${i === 0 ? mark : ' '} ${line}`)
  if (capabilities === undefined) return head
  const { inputs, sampling, exactLength, usage, tokensPerEvent, requestId, prefixCacheOff } = capabilities
  const facts: readonly (readonly [string, string])[] = [
    ['inputs', inputs.join(', ')],
    ['sampling', sampling.join(', ')],
    ['exact length', exactLength ?? 'cannot be forced'],
    ['token counts', usage === 'never' ? 'never sent' : `sent ${usage === 'asked' ? 'when asked' : usage}`],
    [
      'per event',
      tokensPerEvent === 'unknown' ? 'unknown' : `${tokensPerEvent.replaceAll('-', ' ')} token(s)`,
    ],
    ['request id', requestId ?? 'not taken'],
    ['prefix cache', prefixCacheOff ?? 'not switchable by a request'],
    ['first token', capabilities.firstToken],
    ['end', capabilities.endMarker],
  ]
  return [...head, ...facts.flatMap(([name, text]) => labelled(`    ${name}`, text, 19)).map(colours.dim)]
}

function metricLines({ url, samples, known, others }: ProbedMetrics, colours: Colours): string[] {
  const lines = ['', colours.bold('metrics') + colours.dim(`  ${printable(url)}`)]
  if (samples === 0) return [...lines, '  no page there, or nothing on it that could be read']
  for (const { metric, names, value, seen } of known) {
    const number =
      value !== undefined
        ? Number.isInteger(value)
          ? wholeNumber(value)
          : significant(value)
        : seen === undefined || seen.count === 0
          ? 'not measured yet'
          : `${wholeNumber(seen.count)} × ${significant((1000 * seen.sum) / seen.count)} ms`
    lines.push(
      `  ${padTo(metric, 18)}${padTo(number, 18)} ${colours.dim(cutTo(printable(names.join(' + ')), 41))}`,
    )
  }
  if (others.length > 0) {
    const shown = others.slice(0, mostOthers)
    const more = others.length - shown.length
    const text = `${shown.join(', ')}${more > 0 ? ` and ${more} more (--json lists all)` : ''}`
    lines.push(...labelled('  not named by Assay', `${others.length}: ${text}`, 22).map(colours.dim))
  }
  return lines
}

import type { Finding } from '../model/finding.ts'
import { significant, wholeNumber } from '../model/significant.ts'
import type { Lateness, Truth } from '../model/truth.ts'
import type { Figures } from './figures.ts'
import type { TruthFigures } from './truth-figures.ts'

/** Lateness beyond this means that the machine was short of CPU for the server too. */
const lateMs = 1

/** What an audit was made of, as far as doubts need it. */
export interface AuditFacts {
  readonly truth: TruthFigures
  readonly unlogged: Truth['unlogged']
  readonly lateness: Lateness
  /** What the tool says; absent when nothing of it could be read. */
  readonly reported?: Figures
  /** Where its definitions differ. */
  readonly notes: readonly string[]
}

/** The doubts about an audit, the gravest first. */
export function auditFindings(facts: AuditFacts): Finding[] {
  const { truth, reported, lateness } = facts
  const { figures, requests, completed, notStreamed } = truth
  const all: (Finding | undefined | false)[] = [
    facts.unlogged > 0 && {
      code: 'truth-incomplete',
      severity: 'invalid',
      message: `The server's log was full: ${wholeNumber(facts.unlogged)} events are missing in the truth.`,
      advice: 'Send fewer requests, or shorter ones.',
    },
    lateness.p99Ms !== undefined &&
      lateness.p99Ms > lateMs && {
        code: 'server-late',
        severity: 'warning',
        message: `The reference server was late itself: ${significant(lateness.p99Ms)} ms (p99). The truth says when it really wrote, but a server that is late to write is late to read, which looks like lateness of the client.`,
        advice: 'Give it a core of its own (docs/audit.md says how), or ask for less load.',
      },
    reported === undefined && {
      code: 'nothing-reported',
      severity: 'warning',
      message: 'No result file of a known tool was found, so there is only the truth.',
      advice:
        'Let the command write its results to {out}, name the file with --result, or give figures by hand: --reported ttft_p50=12.3',
    },
    requests > completed && {
      code: 'not-completed',
      severity: 'warning',
      message: `${wholeNumber(requests - completed)} of ${wholeNumber(requests)} requests were not answered to the end; they are in no latency of the truth.`,
      advice:
        'See the log of the command: it may have timed out, been interrupted, or asked for what the server refuses.',
    },
    notStreamed > 0 && {
      code: 'not-streamed',
      severity: 'warning',
      message: `${wholeNumber(notStreamed)} replies were not streamed: they have no TTFT, ITL or TPOT.`,
      advice: 'Turn streaming on in the command.',
    },
    reported?.requests !== undefined &&
      reported.requests !== completed && {
        code: 'requests-differ',
        severity: 'warning',
        message: `The server completed ${wholeNumber(completed)} requests, the tool reports ${wholeNumber(reported.requests)}: the distributions are not of the same requests.`,
        advice: 'If the first ones are a readiness check or warm-up, leave them out of the truth: --skip N',
      },
    reported?.outputTokens !== undefined &&
      reported.outputTokens !== figures.outputTokens && {
        code: 'tokens-differ',
        severity: 'warning',
        message: `The server wrote ${wholeNumber(figures.outputTokens ?? 0)} output tokens, the tool counts ${wholeNumber(reported.outputTokens)}: its TPOT and tok/s count other tokens than the truth.`,
        advice: 'Let the tool use the token counts that the server states (usage), not its own tokenizer.',
      },
    ...facts.notes.map((message): Finding => ({ code: 'definition', severity: 'note', message, advice: '' })),
  ]
  return all.filter((finding) => finding !== undefined && finding !== false)
}

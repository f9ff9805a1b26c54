import type { Report } from '../../src/model/report.ts'
import { type VerdictGroup, verdictGroups } from '../../src/model/verdict-groups.ts'

/** More reasons than this wait behind a click. */
const mostReasons = 3

/** What the word means, for readers who meet it for the first time. */
const meanings: Readonly<Record<VerdictGroup['verdict'], string>> = {
  trusted: 'The client did not disturb these numbers.',
  degraded: 'The client may have disturbed some of these numbers.',
  'client-bound': "These numbers are the client's, not the target's.",
}

/** The mark an assay office would strike: an octagon around the word. */
function Mark({ verdict }: { readonly verdict: VerdictGroup['verdict'] }) {
  return (
    <div class="mark">
      <strong>{verdict}</strong>
    </div>
  )
}

function Reasons({ reasons }: Pick<VerdictGroup, 'reasons'>) {
  return (
    <ul class="reasons">
      {reasons.map(({ reason, runs }) => (
        <li key={reason}>
          {runs.length > 0 && (
            <span class="where">{runs.length > 2 ? `${runs.length} runs` : runs.join('; ')}: </span>
          )}
          {reason}
        </li>
      ))}
    </ul>
  )
}

function Stamp({ group, of }: { readonly group: VerdictGroup; readonly of: number }) {
  const { verdict, numbers, runs, reasons } = group
  const rest = reasons.slice(mostReasons)
  return (
    <li class={`stamp ${verdict}`}>
      <Mark verdict={verdict} />
      <div class="stamp-text">
        <p class="meaning">
          {meanings[verdict]}
          {of > 1 && (
            <span class="where" title={runs.join('\n')}>
              {' '}
              {runs.length === of ? `all ${of} runs` : `${runs.length} of ${of} runs`}
            </span>
          )}
        </p>
        <p class="numbers">{numbers}</p>
        {reasons.length > 0 && <Reasons reasons={reasons.slice(0, mostReasons)} />}
        {rest.length > 0 && (
          <details>
            <summary>{rest.length === 1 ? 'One more reason' : `${rest.length} more reasons`}</summary>
            <Reasons reasons={rest} />
          </details>
        )}
      </div>
    </li>
  )
}

/** The stamps on the report's runs, the worst first, each with its numbers and why. */
export function Stamps({ report }: { readonly report: Report }) {
  const groups = verdictGroups(report)
  if (groups.length === 0) return null
  return (
    <ul class="stamps" aria-label="Verdicts">
      {groups.map((group) => (
        <Stamp key={group.verdict} group={group} of={report.runs.length} />
      ))}
    </ul>
  )
}

import { useState } from 'preact/hooks'
import { noticeGroups } from '../../src/model/notice-groups.ts'
import type { Report } from '../../src/model/report.ts'
import { Stamps } from './stamps.tsx'
import { applyTheme, type Theme } from './theme.ts'

const themes: readonly Theme[] = ['auto', 'light', 'dark']

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>('auto')
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
  return (
    <button
      class="theme"
      type="button"
      aria-label={`Theme: ${theme}. Switch to ${next}.`}
      onClick={() => {
        applyTheme(next)
        setTheme(next)
      }}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
      {theme}
    </button>
  )
}

function DoubtCounts({ report }: { readonly report: Report }) {
  const counts = (['invalid', 'warning', 'note'] as const).flatMap((severity) => {
    const n = report.findings.filter((finding) => finding.severity === severity).length
    const word = severity === 'invalid' || n === 1 ? severity : `${severity}s`
    return n === 0 ? [] : [{ severity, text: `${n} ${word}` }]
  })
  if (counts.length === 0) return <p class="doubts">No doubts were found.</p>
  return (
    <p class="doubts">
      <a href="#findings">
        {counts.map(({ severity, text }) => (
          <span key={severity} class={`doubt ${severity}`}>
            {text}
          </span>
        ))}
      </a>
    </p>
  )
}

/** Title, origin and how far to believe it. */
export function Masthead({ report }: { readonly report: Report }) {
  const { study, runs } = report
  return (
    <header class="masthead">
      <div class="brand">
        <span>
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d="M6 1h8l5 5v8l-5 5H6l-5-5V6z" fill="none" stroke="currentColor" stroke-width="1.6" />
            <path d="M6 14.2 10 5l4 9.2M7.6 11h4.8" fill="none" stroke="currentColor" stroke-width="1.6" />
          </svg>
          Assay report
        </span>
        <ThemeButton />
      </div>
      <h1>{study.name}</h1>
      <p class="facts">
        <time dateTime={report.created}>{report.created.slice(0, 16).replace('T', ' ')} UTC</time>
        <span>{runs.length === 1 ? '1 run' : `${runs.length} runs`}</span>
        {study.repeats > 1 && <span>{study.repeats} repeats each</span>}
        <span>seed {study.seed}</span>
      </p>
      <Stamps report={report} />
      <DoubtCounts report={report} />
      {noticeGroups(report).map(({ notice, targets }) => (
        <p key={notice} class="notice">
          <strong>{targets.join(', ')}</strong> {notice}
        </p>
      ))}
    </header>
  )
}

// The flags that benches share, and what they leave behind.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { introduce } from './machine.mjs'
import { progress } from './progress.mjs'

/**
 * Reads the command line, says where this runs, and gives the bench a folder that is removed at the end.
 * `flags`: name to default; a number's flag takes numbers, a list's is repeatable, a boolean's is a switch.
 */
export function begin(bench, title, flags) {
  const options = Object.fromEntries(
    Object.entries({ ...flags, json: '' }).map(([name, value]) => {
      if (typeof value === 'boolean') return [name, { type: 'boolean', default: value }]
      if (Array.isArray(value)) return [name, { type: 'string', multiple: true, default: value }]
      return [name, { type: 'string', default: String(value) }]
    }),
  )
  const { values } = parseArgs({ options })
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== 'number') continue
    values[name] = Number(values[name])
    if (!Number.isFinite(values[name]) || values[name] <= 0)
      throw new Error(`--${name} takes a number above 0`)
  }
  const machine = introduce(title)
  const folder = mkdtempSync(join(tmpdir(), `assay-bench-${bench}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const startedAt = new Date().toISOString()
  let partial
  const write = (results) => {
    partial = undefined
    if (values.json === '') return
    mkdirSync(dirname(values.json), { recursive: true })
    const { json, ...flags } = values
    const all = { bench, startedAt, finishedAt: new Date().toISOString(), machine, flags, ...results }
    writeFileSync(json, `${JSON.stringify(all, null, 1)}\n`)
    progress(`wrote ${json}`)
  }
  process.on('exit', () => partial && write({ incomplete: true, ...partial }))
  return {
    values,
    machine,
    folder,
    /** Names what is to be written should the bench end early: it grows while the bench runs. */
    gather(results) {
      partial = results
    },
    /** Writes the results as JSON when `--json FILE` asks for it. */
    finish: write,
  }
}

/** The longest time a bench can take, told before it begins. */
export function announce(runs, secondsARun) {
  const minutes = (runs * secondsARun) / 60
  progress(`${Math.ceil(runs)} runs, about ${Math.max(1, Math.ceil(minutes))} minutes`)
}

/** A B C C B A, until each has had its repeats: a drift of the machine hits all alike. */
export function* interleaved(names, repeats) {
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const name of repeat % 2 === 1 ? names : names.toReversed()) yield { name, repeat }
  }
}

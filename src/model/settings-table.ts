import type { Report, ReportTarget } from './report.ts'

/** One setting of all targets of a report, in the order of its targets. */
export interface SettingRow {
  readonly name: string
  /** `undefined`: nobody said. */
  readonly values: readonly (string | undefined)[]
  /** What is known of the targets is not the same everywhere. */
  readonly differs: boolean
}

type Settings = ReportTarget['settings']

/**
 * Effective settings side by side: what the targets are and say of themselves, then what Assay asks of them. A setting that
 * a server does not state is unknown and differs from nothing; a field that is not sent differs from one that is.
 */
export function settingRows({ targets }: Pick<Report, 'targets'>): SettingRow[] {
  const said = targets.map(({ model, engineInfo, gpus }): Settings => {
    const { engine, version, ...others } = engineInfo
    return {
      ...(engine === undefined ? {} : { engine }),
      ...(version === undefined ? {} : { version }),
      model,
      ...(gpus === undefined ? {} : { gpus }),
      ...others,
    }
  })
  const sent = targets.map(({ dialect, settings }): Settings => ({ dialect, ...settings }))
  return [...rowsOf(said, undefined), ...rowsOf(sent, 'not sent')]
}

function rowsOf(all: readonly Settings[], absent: string | undefined): SettingRow[] {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))]
  return names.map((name) => {
    const values = all.map((settings) => spelled(settings[name]) ?? absent)
    const known = new Set(values.filter((value) => value !== undefined))
    return { name, values, differs: known.size > 1 }
  })
}

function spelled(value: Settings[string] | undefined): string | undefined {
  if (value === undefined) return undefined
  return value === true ? 'on' : value === false ? 'off' : String(value)
}

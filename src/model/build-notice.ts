const begin = 'its build warned: '

/** A warning of an engine's build, as the notice of a target that every report carries. */
export function buildNotice(warning: string): string {
  return begin + warning
}

/** The warning of such a notice; `undefined` for others. */
export function buildWarning(notice: string): string | undefined {
  return notice.startsWith(begin) ? notice.slice(begin.length) : undefined
}

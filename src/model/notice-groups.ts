import type { Report } from './report.ts'

/** What must be said of targets, each sentence once, with those it is said of. */
export interface NoticeGroup {
  readonly notice: string
  readonly targets: readonly string[]
}

export function noticeGroups({ targets }: Pick<Report, 'targets'>): NoticeGroup[] {
  const notices = [...new Set(targets.flatMap((target) => target.notices))]
  return notices.map((notice) => ({
    notice,
    targets: targets.filter((target) => target.notices.includes(notice)).map(({ name }) => name),
  }))
}

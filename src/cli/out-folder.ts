import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Folder of results when the user names none: `assay-results/2026-11-23T10-15-02-name`, in local time, so that names
 * sort by age and are legal on every file system; with `-2`, `-3` … when it is taken.
 * @param now ISO 8601
 */
export function defaultOutFolder(
  now: string,
  name: string,
  isTaken: (folder: string) => boolean = existsSync,
): string {
  const first = join(
    'assay-results',
    [localTime(new Date(now)), portable(name)].filter((part) => part !== '').join('-'),
  )
  if (!isTaken(first)) return first
  for (let n = 2; ; n++) if (!isTaken(`${first}-${n}`)) return `${first}-${n}`
}

function localTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('-')}`
}

function portable(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
}

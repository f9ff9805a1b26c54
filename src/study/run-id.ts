import type { Cell } from '../model/study.ts'

/**
 * Names a run after its cell and its study's start: readable, unique, and safe in paths and HTTP headers.
 * @param started ISO 8601 time
 */
export function runIdOf(cell: Cell, started: string): string {
  const cellName = [cell.target.name, cell.workload.name, cell.load.name].map(slug).join('.')
  return `${cellName}.r${cell.repeat + 1}.${started.replaceAll(/[^0-9T]/g, '').slice(0, 15)}`
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}

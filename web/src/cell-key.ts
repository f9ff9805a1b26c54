import type { ReportCell } from '../../src/model/report-cells.ts'

/** Which cell is looked at. */
export interface CellChoice {
  readonly target: string
  readonly workload: string
  readonly load: string
}

/** One string for a cell, for attributes and keys. */
export function cellKey({ target, workload, load }: CellChoice): string {
  return JSON.stringify([target, workload, load])
}

/** Whether a cell is the chosen one. */
export function isChosen(cell: ReportCell, choice: CellChoice): boolean {
  return cellKey(cell) === cellKey(choice)
}

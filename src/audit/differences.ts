import { type FigureInfo, type FigureName, type Figures, figureNames, figures } from './figures.ts'

/** One figure as the server knows it and as the tool reports it. Absent: not known. */
export interface Difference {
  readonly figure: FigureName
  readonly unit: FigureInfo['unit']
  readonly truth?: number
  readonly reported?: number
  /** reported − truth. */
  readonly difference?: number
}

/** The figures that the truth or the tool has, in the order of the table. */
export function differences(truth: Figures, reported: Figures): Difference[] {
  return figureNames.flatMap((figure) => {
    const [known, told] = [truth[figure], reported[figure]]
    if (known === undefined && told === undefined) return []
    return [
      {
        figure,
        unit: figures[figure].unit,
        ...(known === undefined ? {} : { truth: known }),
        ...(told === undefined ? {} : { reported: told }),
        ...(known === undefined || told === undefined ? {} : { difference: told - known }),
      },
    ]
  })
}

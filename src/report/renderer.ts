import type { Report } from '../model/report.ts'

/** The built report page: one script and one style sheet, as text. */
export interface WebBundle {
  readonly js: string
  readonly css: string
}

/** What renderers may ask of whoever composes them. */
interface RenderContext {
  /** Whether text may carry colour codes. */
  readonly colour: boolean
  /** The report page; called by `html` only. */
  webBundle(): WebBundle
}

/** Draws a report in one format. Pure: the same report gives the same bytes. */
export interface Renderer {
  readonly name: string
  /** File name inside a run or study folder. */
  readonly file: string
  readonly mediaType: string
  render(report: Report, context: RenderContext): string
}

import type { Report } from '../model/report.ts'
import type { Renderer } from './renderer.ts'

/** One line per entry of every list, so that reports can be read and compared by line. */
export function reportJson(report: Report): string {
  const fields = Object.entries(report).map(([name, value]) => {
    const isList = Array.isArray(value) && value.length > 0
    const text = isList
      ? `[\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`
      : JSON.stringify(value)
    return `  ${JSON.stringify(name)}: ${text}`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}

/** report.json: the report itself. */
export const json: Renderer = {
  name: 'json',
  file: 'report.json',
  mediaType: 'application/json',
  render: reportJson,
}

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hostile, reportExample } from '../../test/report-example.ts'
import { AssayError } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import { reportHtml } from './html.ts'
import { reportFormats } from './index.ts'
import { reportJson } from './json.ts'

const bundle = { js: 'const a = "</script><!--"\r\nlet b', css: 'a{content:"</style>"}' }
const report: Report = { ...reportExample(), study: { name: `${hostile.markup}<!--`, seed: 1, repeats: 2 } }
const page = reportHtml(report, bundle)

function inside(tag: 'script' | 'style', opening: string): string {
  const start = page.indexOf(opening) + opening.length
  return page.slice(start, page.indexOf(`</${tag}>`, start))
}

test.each([
  [/<script/gi, 2],
  [/<\/script/gi, 2],
  [/<\/style/gi, 1],
  [/<img/gi, 0],
  [/<!--/g, 0],
])('no text of the report or the bundle adds markup: %s stands there %i times', (markup, times) => {
  expect(page.match(markup)?.length ?? 0).toBe(times)
})

test('the data in the page is the report, to the last character', () => {
  const data = inside('script', '<script type="application/json" id="assay-report">')
  expect(data.includes('\u2028')).toBe(false)
  expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(report)))
})

test('the policy allows exactly the script and the style that are there', () => {
  const hash = (content: string) => createHash('sha256').update(content).digest('base64')
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src 'sha256-${hash(inside('script', '<script>'))}'`,
    `style-src 'sha256-${hash(inside('style', '<style>'))}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ])
})

test('report.json is the report, an entry of a list on each line', () => {
  const text = reportJson(report)
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)))
  expect(text.split('\n').length).toBeGreaterThan(report.results.length)
})

test('the table renders every format, and asks for the page bundle for html alone', async () => {
  const files = new Map<string, string>()
  for (const load of Object.values(reportFormats)) {
    const renderer = await load()
    const context = {
      colour: false,
      webBundle: () => {
        if (renderer.name !== 'html') throw new AssayError('asked', `${renderer.name} asked for the bundle`)
        return bundle
      },
    }
    files.set(renderer.file, renderer.render(report, context))
  }
  expect([...files.keys()]).toEqual(['report.txt', 'report.md', 'summary.csv', 'report.json', 'report.html'])
  expect(files.get('report.html') === page).toBe(true)
})

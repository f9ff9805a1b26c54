// The report page as a reader opens it: one file from disk, in a real browser.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report, Result } from '../src/model/report.ts'
import { reportCells } from '../src/model/report-cells.ts'
import { reportHtml } from '../src/report/html.ts'
import { reportJson } from '../src/report/json.ts'
import { readWebBundle } from '../src/report/web-bundle.ts'
import { failedExample, quickExample, reportExample } from './report-example.ts'

function chromiumPath(): string | undefined {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [
    process.env.ASSAY_CHROMIUM,
    '/usr/bin/chromium',
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ].find((path) => path !== undefined && existsSync(path))
}

const executablePath = chromiumPath()
const isCi = process.env.CI === 'true'
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

if (executablePath === undefined && !isCi) {
  test.skip('report page in Chromium (skipped: chromium not found)', () => {})
} else {
  describe('report page in Chromium', inChromium)
}

function inChromium() {
  let folder: string
  let context: BrowserContext
  const troubles: string[] = []
  const requests: string[] = []

  beforeAll(async () => {
    if (executablePath === undefined) {
      throw new Error('chromium was not found: install it or set ASSAY_CHROMIUM to its path')
    }
    folder = mkdtempSync(join(tmpdir(), 'assay-page-'))
    context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath,
      args: flags,
      viewport: { width: 1200, height: 900 },
    })
  })

  afterAll(async () => {
    await context?.close()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  /** Opens a report from disk; everything it complains of lands in `troubles`. */
  async function open(report: Report, size = { width: 1200, height: 900 }): Promise<Page> {
    troubles.length = 0
    requests.length = 0
    const file = join(folder, 'report.html')
    writeFileSync(file, reportHtml(report, readWebBundle()))
    writeFileSync(join(folder, 'report.json'), reportJson(report))
    const page = await context.newPage()
    await page.setViewportSize(size)
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`))
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => requests.push(request.url()))
    await page.addInitScript(
      "document.addEventListener('securitypolicyviolation', (e) => console.error('policy', e.violatedDirective))",
    )
    await page.goto(pathToFileURL(file).href)
    await page.getByRole('heading', { level: 1 }).waitFor()
    return page
  }

  /** Every number element that the page shows now, by what it says it is. */
  function shownNumbers(page: Page) {
    return page.locator('data[data-metric]').evaluateAll((elements) =>
      elements.map((element) => {
        const of = (name: string) => element.getAttribute(`data-${name}`) ?? ''
        const name = ['metric', 'stat', 'q', 'from', 'cell', 'repeat'].map(of).join(' ')
        return { name, value: Number(of('value')), text: element.textContent ?? '' }
      }),
    )
  }

  /** The report.json beside the page, as the same kind of list. */
  function writtenNumbers(): Map<string, number> {
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
    return new Map(
      report.results.flatMap((result) => (result.value === undefined ? [] : [[keyOf(result), result.value]])),
    )
  }

  function keyOf({ metric, stat, q, from, target, workload, load, repeat }: Result): string {
    const cell = JSON.stringify([target, workload, load])
    return [metric, stat, q ?? '', from, cell, repeat].join(' ')
  }

  test('opens from disk without an error, a policy violation, or a request beyond the file', async () => {
    const page = await open(reportExample())
    for (const name of ['ITL', 'TPOT', 'E2E', 'TTFT']) await page.getByRole('tab', { name }).click()
    await page.getByText('log', { exact: true }).click()
    await page.locator('.u-over').first().hover()
    await page.getByText('loads', { exact: true }).click()
    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.getByRole('button', { name: /^Theme/ }).click()
    expect(troubles).toEqual([])
    expect(requests).toEqual([pathToFileURL(join(folder, 'report.html')).href])
    await page.close()
  })

  test('shows the numbers of report.json, in every cell', async () => {
    const report = reportExample()
    const page = await open(report)
    const written = writtenNumbers()
    const seen = new Set<string>()
    for (const cell of reportCells(report)) {
      await page.getByText(cell.target, { exact: true }).nth(1).waitFor()
      await page.locator('.picker label', { hasText: cell.target }).first().click()
      await page.locator('.picker label', { hasText: cell.load }).first().click()
      const numbers = await shownNumbers(page)
      expect(numbers.length).toBeGreaterThan(60)
      for (const { name, value, text } of numbers) {
        expect([name, value]).toEqual([name, written.get(name)])
        const shown = Number(text.replace(/[, %]/g, '')) / (text.endsWith('%') ? 100 : 1)
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.abs(value) * 0.05)
        seen.add(name)
      }
    }
    const pooled = report.results.filter(
      ({ repeat, metric, q, value }) => repeat === 'pooled' && metric === 'ttft' && q !== undefined && value,
    )
    expect(pooled.filter((result) => !seen.has(keyOf(result)))).toEqual([])
    await page.close()
  })

  test('hostile texts stay texts', async () => {
    const page = await open(reportExample())
    expect(await page.locator('img, iframe, object, embed, form').count()).toBe(0)
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.getByText('</script><img src=x onerror=alert(1)>').count()).toBeGreaterThan(1)
    expect(troubles).toEqual([])
    await page.close()
  })

  test.each([
    ['a study', reportExample()],
    ['a quick run', quickExample()],
    ['a run without an answer', failedExample()],
  ])('%s fits a phone of 390 px without sideways scrolling', async (_, report) => {
    const page = await open(report, { width: 390, height: 844 })
    const loads = report.loads.length > 1 ? report.loads : []
    for (const summary of await page.locator('summary').all()) await summary.click()
    for (const { name } of [{ name: '' }, ...loads]) {
      if (name !== '') await page.locator('.picker label', { hasText: name }).first().click()
      expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(390)
    }
    expect(troubles).toEqual([])
    await page.close()
  })

  test('a run without an answer says so instead of showing numbers', async () => {
    const page = await open(failedExample())
    expect(await shownNumbers(page)).toEqual([])
    expect(await page.getByText('No request of this cell was answered').isVisible()).toBe(true)
    expect(await page.getByText('There is no curve of time to first token').isVisible()).toBe(true)
    expect(await page.getByText('100 %').first().isVisible()).toBe(true)
    await page.close()
  })

  test('tabs follow the arrow keys, and a figure tells its medians to a screen reader', async () => {
    const page = await open(reportExample())
    await page.getByRole('tab', { name: 'TTFT' }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('tab', { name: 'ITL' }).getAttribute('aria-selected')).toBe('true')
    const figure = page.getByRole('figure', { name: /inter-token latency.*Medians: vllm-fp8 .* ms/ })
    expect(await figure.count()).toBe(1)
    expect(await page.locator('th:not([scope])').count()).toBe(0)
    await page.close()
  })

  test('dark mode follows the system, and the button overrules it', async () => {
    const page = await open(quickExample())
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await paper()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.getByRole('button', { name: 'Theme: auto. Switch to light.' }).click()
    expect(await paper()).toBe(light)
    await page.close()
  })
}

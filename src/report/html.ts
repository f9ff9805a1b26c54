import { createHash } from 'node:crypto'
import type { Report } from '../model/report.ts'
import type { Renderer, WebBundle } from './renderer.ts'

/** Where the page looks for its data. */
const dataElementId = 'assay-report'

/** JSON that cannot end its script element, begin a comment, or hold a line break that old parsers trip over. */
export function jsonForHtml(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

function textForHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** A script as the parser will see it: line ends normalised, nothing in it that ends or confuses its element. */
function scriptForHtml(js: string): string {
  return js
    .replace(/\r\n?/g, '\n')
    .replace(/<\/(?=script)/gi, '<\\/')
    .replace(/<!--/g, '<\\!--')
}

function styleForHtml(css: string): string {
  return css.replace(/\r\n?/g, '\n').replace(/<\/(?=style)/gi, '<\\/')
}

function sourceHash(content: string): string {
  return `'sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}'`
}

/**
 * The report as one HTML file that works from disk: no request leaves it, and its policy lets run nothing but the
 * bundle given here (both by SHA-256), whatever a model or server wrote into the data.
 */
export function reportHtml(report: Report, bundle: WebBundle): string {
  const js = scriptForHtml(bundle.js)
  const css = styleForHtml(bundle.css)
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(js)}`,
    `style-src ${sourceHash(css)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Assay ${textForHtml(report.assay)}">
<meta name="referrer" content="no-referrer">
<title>${textForHtml(report.study.name)} · Assay report</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<div id="app"><noscript>This report draws itself with JavaScript, which is off here. Its numbers are also in report.md, summary.csv and report.json beside it.</noscript></div>
<script type="application/json" id="${dataElementId}">${jsonForHtml(report)}</script>
<script>${js}</script>
</body>
</html>
`
}

/** report.html. */
export const html: Renderer = {
  name: 'html',
  file: 'report.html',
  mediaType: 'text/html; charset=utf-8',
  render: (report, { webBundle }) => reportHtml(report, webBundle()),
}

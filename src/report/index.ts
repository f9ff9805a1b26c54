import type { Renderer } from './renderer.ts'

/** Every format a report is drawn in. */
export const reportFormats = {
  text: () => import('./text.ts').then((m) => m.text),
  markdown: () => import('./markdown.ts').then((m) => m.markdown),
  csv: () => import('./csv.ts').then((m) => m.csv),
  json: () => import('./json.ts').then((m) => m.json),
  html: () => import('./html.ts').then((m) => m.html),
} satisfies Record<string, () => Promise<Renderer>>

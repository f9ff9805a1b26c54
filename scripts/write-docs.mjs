// `npm run docs`: writes the pages that are generated from the code. Tests fail when they are stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pages = {
  'spec.md': () => import('../dist/spec/markdown.js').then((m) => m.specMarkdown()),
  'metrics.md': () => import('../dist/metrics/markdown.js').then((m) => m.metricsMarkdown()),
  'dialects.md': () => import('../dist/dialects/markdown.js').then((m) => m.dialectsMarkdown()),
  'cli.md': () => import('../dist/cli/markdown.js').then((m) => m.cliMarkdown()),
}
const { enginePages, enginesMarkdown } = await import('../dist/engines/markdown.js')
pages['engines.md'] = enginesMarkdown
for (const [name, page] of Object.entries(await enginePages())) pages[`engines/${name}.md`] = () => page
mkdirSync(fileURLToPath(new URL('../docs/engines', import.meta.url)), { recursive: true })

for (const [name, make] of Object.entries(pages)) {
  writeFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), await make())
  console.log(`docs/${name}`)
}

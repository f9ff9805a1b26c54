// `npm run check`: everything a reviewer would ask, each step by name, all of them even when one fails.
// ASSAY_CHECK_TESTS=no leaves the tests out, for a caller that runs them by itself.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const steps = [
  [
    'format and lint',
    'biome',
    ['ci', '--error-on-warnings', `--colors=${process.stdout.isTTY ? 'force' : 'off'}`, '.'],
  ],
  ['types', 'tsc', ['-p', 'tsconfig.check.json']],
  ['types of the report page', 'tsc', ['-p', 'web']],
  ['import arrows', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'src', 'web/src']],
  ['unused code', 'knip', []],
  ['package', 'publint', ['--strict']],
]
if (process.env.ASSAY_CHECK_TESTS !== 'no') steps.push(['tests', 'vitest', ['run']])

const failed = steps.filter(([title, command, args]) => {
  console.log(`\n── ${title}`)
  const done = spawnSync('npx', ['--no-install', command, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  return done.status !== 0
})
console.log(
  failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.map(([title]) => title).join(', ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1

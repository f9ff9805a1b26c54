// Run by npm before `npm start` and `npm test`: installs and builds when something is missing or out of date.
// Plain JavaScript without dependencies, because it runs before they exist.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Assay needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`)
  process.exit(2)
}

function hashOf(paths) {
  const hash = createHash('sha256').update(process.platform + process.arch)
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort()
}

function step(title, script, args) {
  process.stderr.write(`assay: ${title} …\n`)
  const started = process.hrtime.bigint()
  const npm = process.env.npm_execpath
  const [command, rest] = npm ? [process.execPath, [npm]] : ['npm', []]
  const done = spawnSync(command, [...rest, script, ...args], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: !npm && process.platform === 'win32',
  })
  if (done.status !== 0) {
    console.error(`assay: ${title} failed (npm ${script} ended with ${done.status ?? done.signal}).`)
    process.exit(done.status ?? 1)
  }
  process.stderr.write(
    `assay: ${title} done in ${Number((process.hrtime.bigint() - started) / 1_000_000n) / 1000} s\n`,
  )
}

function when(stamp, hash, missing, act) {
  const path = join(root, stamp)
  if (!missing && existsSync(path) && readFileSync(path, 'utf8') === hash) return
  act()
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, hash)
}

when(
  'node_modules/.assay-installed',
  hashOf(['package-lock.json']),
  !existsSync(join(root, 'node_modules/.package-lock.json')),
  () => step('installing dependencies', 'ci', ['--no-audit', '--no-fund', '--loglevel=error']),
)
when(
  'dist/.assay-built',
  hashOf([
    'package-lock.json',
    'tsconfig.json',
    'scripts/bundle.mjs',
    ...filesUnder('src'),
    ...filesUnder('web'),
  ]),
  !existsSync(join(root, 'dist/bin/main.js')),
  () => step('building', 'run', ['--silent', 'build']),
)

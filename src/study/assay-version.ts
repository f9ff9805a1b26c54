import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Run } from '../model/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Version of this package, from its package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

/** Version and, in a clone, the state of the repository. Takes some ms there: not to be called before a load. */
export function assayVersion(): Run['assay'] {
  const version = packageVersion()
  if (!existsSync(join(root, '.git'))) return { version }
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  const commit = git('rev-parse', '--short=12', 'HEAD')
  if (commit.status !== 0) return { version }
  return { version, commit: commit.stdout.trim(), dirty: git('status', '--porcelain').stdout.trim() !== '' }
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../src/model/report.ts'
import type { RunData } from '../src/model/run-data.ts'
import type { OutputMode } from '../src/model/workload.ts'
import { readRun } from '../src/store/index.ts'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

/** Requests of the measured phase, and the length of each output. */
export const requests = 12
export const outputTokens = 8

/** Installs an engine as a user would. */
export async function setupEngine(name: string): Promise<void> {
  const { code, stderr } = await runCli(['engines', 'setup', name])
  if (code !== 0) throw new Error(stderr)
}

/** Runs a tiny study of one engine through the command. Throws what it says when it fails. */
export async function engineStudy(
  engine: string,
  options: Readonly<Record<string, unknown>>,
  target: Readonly<Record<string, unknown>> = {},
  mode: OutputMode = 'exact',
): Promise<{ readonly report: Report; readonly data: RunData; readonly log: string }> {
  const folder = temporaryFolder()
  const study = join(folder, 'study.yaml')
  writeFileSync(
    study,
    JSON.stringify({
      targets: [{ name: 'it', engine, options, ...target }],
      workloads: [{ prompt: { tokens: 16 }, output: { tokens: outputTokens, mode } }],
      loads: [{ concurrency: 2, requests }],
    }),
  )
  const out = join(folder, 'results')
  mkdirSync(folder, { recursive: true })
  const { code, stderr } = await runCli(['run', study, '--allow-launch', '--quiet', '--out', out])
  if (code !== 0) throw new Error(stderr)
  const [run = ''] = readdirSync(join(out, 'runs'))
  return {
    report: JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report,
    data: await readRun(join(out, 'runs', run)),
    log: readFileSync(join(out, 'server', 'it.log'), 'utf8'),
  }
}

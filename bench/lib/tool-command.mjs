// Tools given on the command line: `--tool 'name=command with {url} {model} {out} {n} {tokens}'`.
import { mkdirSync, rmSync } from 'node:fs'
import { cores } from './machine.mjs'
import { watch } from './processes.mjs'
import { progress } from './progress.mjs'

/** Name and words of `name=command …`; quotes keep words together, no shell is involved. */
export function toolCommand(text) {
  const [, name, command] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined) throw new Error(`--tool ${text}: expected name=command`)
  const words = [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)]
  return { name, words: words.map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2')) }
}

/** The readers of `assay audit`, where they are built. */
async function resultFinder() {
  try {
    return (await import('../../dist/audit/result-files.js')).findResult
  } catch {
    progress('this build cannot read results of other tools: what they report is left out')
    return undefined
  }
}

let finder
/** What a tool's own result file says, ms, under the names of `errorsOf`; nothing when nobody can read it. */
async function reported(out) {
  finder ??= resultFinder()
  const find = await finder
  try {
    const { ttftP50Ms, ttftP99Ms, itlP50Ms, itlP99Ms } = find?.(out)?.figures ?? {}
    return { ttftP50: ttftP50Ms, ttftP99: ttftP99Ms, itlP50: itlP50Ms, itlP99: itlP99Ms }
  } catch (error) {
    progress(`the result cannot be read: ${error.message}`)
    return {}
  }
}

/** One run of such a tool, in the shape of `runTool`; its requests are joined by nothing, so it has no stamps. */
export async function runToolCommand(tool, server, { folder, timeoutS, ...places }) {
  await server.reset()
  const out = `${folder}-out`
  mkdirSync(out, { recursive: true })
  const values = { url: server.url, model: 'reference', out, ...places }
  const filled = tool.words.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)),
  )
  const [command, ...args] = filled
  const ran = await watch(command, args, { cores: cores.client, timeoutS, cwd: out })
  const told = await server.told()
  const said = await reported(out)
  rmSync(out, { recursive: true, force: true, maxRetries: 3 })
  return { ran, told, said, stamped: undefined, failed: ran.failure }
}

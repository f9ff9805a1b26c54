import { loadEngine } from '../engines/index.ts'
import { AssayError } from '../model/errors.ts'
import type { Target } from '../model/target.ts'

/** Refuses engines that do not exist, and options and dialects they do not have, before anything is started. */
export async function checkEngines(targets: readonly Target[]): Promise<void> {
  for (const { name, engine: wanted } of targets) {
    if (wanted === undefined) continue
    const engine = await loadEngine(wanted.name)
    engine.checkOptions(wanted.options)
    const { dialect } = wanted
    if (dialect === undefined || engine.dialects.includes(dialect)) continue
    throw new AssayError(
      'engine-dialect',
      `Target "${name}": the engine ${engine.name} does not speak ${dialect}.`,
      {
        hint: `It speaks ${engine.dialects.join(', ')}.`,
      },
    )
  }
}

/** The shell lines that a study would run on this machine, by target; empty when it starts nothing but Assay's own. */
export async function launchCommands(targets: readonly Target[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { engine: wanted } of targets) {
    if (wanted === undefined) continue
    const engine = await loadEngine(wanted.name)
    lines.push(...((await engine.commands?.(wanted.options)) ?? []))
  }
  return lines
}

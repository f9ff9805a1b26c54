import { createInterface } from 'node:readline/promises'
import { AssayError } from '../model/errors.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks whether these commands may be run: `allowed` says so already, else a person at a terminal does.
 * Throws `launch-not-allowed`.
 */
export async function askLaunch(
  commands: readonly string[],
  allowed: boolean,
  terminal: Terminal,
): Promise<void> {
  if (allowed || commands.length === 0) return
  const list = commands.map((line) => `  ${line}`).join('\n')
  const refused = (message: string) =>
    new AssayError('launch-not-allowed', `${message}\n${list}`, {
      hint: 'Add --allow-launch when you know these commands.',
    })
  if (!process.stdin.isTTY || !terminal.live) throw refused('The study starts commands on this machine:')
  terminal.err(`The study starts on this machine:\n${list}\n`)
  // Not as a terminal: Ctrl-C is then a signal as ever.
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  try {
    const answer = await reader.question('Start them? [y/N] ')
    if (!/^y(es)?$/i.test(answer.trim())) throw refused('Not started:')
  } finally {
    reader.close()
  }
}

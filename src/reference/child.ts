/**
 * Entry of a reference server in a process of its own: options as one JSON argument; prints one JSON line, `ready`
 * or `error`; ends when its standard input does, so that it cannot outlive who started it.
 */
import { messageOf } from '../model/errors.ts'
import { type ReferenceOptions, startReference } from './server.ts'

/** The one line that the child prints. */
export type ChildLine =
  | { readonly ready: { readonly url: string; readonly port: number; readonly epochMonotonicNs: string } }
  | { readonly error: string }

function say(line: ChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

try {
  const options = JSON.parse(process.argv[2] ?? '{}') as ReferenceOptions
  const { url, port, epochMonotonicNs } = await startReference({ warmUp: true, ...options })
  // Ctrl-C in a terminal reaches every process of the group; what was logged is still wanted.
  process.on('SIGINT', () => {})
  process.stdin.on('end', () => process.exit(0)).resume()
  say({ ready: { url, port, epochMonotonicNs } })
} catch (error) {
  say({ error: messageOf(error) })
  process.exitCode = 1
}

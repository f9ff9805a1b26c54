import type { WriteStream } from 'node:tty'

type Env = Readonly<Record<string, string | undefined>>

/** A stream as a terminal sees it: `process.stdout`, or a double in tests. */
export type TerminalStream = Pick<WriteStream, 'write'> &
  Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows' | 'on' | 'off'>>

/** The two streams of the command. Results go to `out`, everything else to `err`. */
export interface Terminal {
  readonly outColours: boolean
  readonly errColours: boolean
  /** Whether what stands on stderr can be drawn over. */
  readonly live: boolean
  out(text: string): void
  err(text: string): void
  /** Size of the terminal behind stderr, in characters. */
  size(): { readonly columns: number; readonly rows: number }
  /** Calls back when that size changes; returns how to end that. */
  onResize(listener: () => void): () => void
}

/** Looks at the streams once: colours as NO_COLOR and FORCE_COLOR ask, redrawing only on a terminal outside CI. */
export function makeTerminal(stdout: TerminalStream, stderr: TerminalStream, env: Env): Terminal {
  const isDumb = env.TERM === 'dumb'
  return {
    outColours: wantsColours(stdout, env),
    errColours: wantsColours(stderr, env),
    live: stderr.isTTY === true && !isDumb && !isSet(env.CI),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    size: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
    onResize(listener) {
      stderr.on?.('resize', listener)
      return () => void stderr.off?.('resize', listener)
    },
  }
}

/** NO_COLOR (any text) wins, then FORCE_COLOR, then whether a terminal reads the stream. */
function wantsColours(stream: TerminalStream, env: Env): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return isSet(env.FORCE_COLOR)
  return stream.isTTY === true && env.TERM !== 'dumb'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value)
}

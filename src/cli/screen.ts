import { columnsOf } from '../report/terminal-text.ts'
import type { Terminal } from './terminal.ts'

const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
const clearBelow = '\x1b[J'
const clearToEnd = '\x1b[K'
const up = (rows: number) => (rows === 0 ? '' : `\x1b[${rows}A`)
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes take no columns.
const colourCodes = /\x1b\[[\d;]*m/g

/**
 * The lines at the bottom of a terminal that are drawn over: a frame writes the lines that changed and nothing else.
 * Everything is written at once, so that no half frame is seen.
 */
export class Screen {
  readonly #terminal: Terminal
  readonly #endResize: () => void
  #lines: readonly string[] = []
  #isHidden = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    // A narrower window breaks long lines anew, so rows no longer are lines: start over on a cleared place.
    this.#endResize = terminal.onResize(() => this.clear())
  }

  /** Shows a frame in place of the last one. Lines that do not fit the window's height are left out. */
  draw(frame: readonly string[]): void {
    const lines = frame.slice(0, Math.max(1, this.#terminal.size().rows - 1))
    const before = this.#lines
    let text = this.#isHidden ? '' : hideCursor
    text += up(before.length)
    for (const [i, line] of lines.entries()) text += line === before[i] ? '\n' : `\r${line}${clearToEnd}\n`
    if (lines.length < before.length) text += clearBelow
    this.#isHidden = true
    this.#lines = lines
    this.#terminal.err(text)
  }

  /** Writes lines that stay, above the frame, which has to be drawn again. */
  print(text: string): void {
    this.#terminal.err(`${this.#erasure()}${text}\n`)
    this.#lines = []
  }

  clear(): void {
    if (this.#lines.length === 0) return
    this.#terminal.err(this.#erasure())
    this.#lines = []
  }

  /** Takes the frame away and gives the cursor back; may be called again. */
  close(): void {
    this.clear()
    this.#endResize()
    if (this.#isHidden) this.#terminal.err(showCursor)
    this.#isHidden = false
  }

  #erasure(): string {
    if (this.#lines.length === 0) return ''
    const { columns } = this.#terminal.size()
    const rows = this.#lines.map((line) =>
      Math.max(1, Math.ceil(columnsOf(line.replace(colourCodes, '')) / columns)),
    )
    return `\r${up(rows.reduce((sum, n) => sum + n, 0))}${clearBelow}`
  }
}

import type { DockerLine } from './json-lines.ts'

interface Layer {
  current: number
  total: number
  done: boolean
}

const maxLayers = 1000
const done = ['Pull complete', 'Already exists']

/** Turns the hundreds of lines of a pull into one for each tenth of it. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>()
  #told = 0

  /** What to say after this line; `undefined`: nothing new. */
  see(line: DockerLine): string | undefined {
    const { id, status } = line
    if (typeof id !== 'string' || typeof status !== 'string' || status.startsWith('Pulling from'))
      return undefined
    const layer = this.#layers.get(id) ?? { current: 0, total: 0, done: false }
    if (this.#layers.size < maxLayers) this.#layers.set(id, layer)
    if (status === 'Downloading') {
      const { current, total } = (line.progressDetail ?? {}) as DockerLine
      layer.current = positive(current)
      layer.total = positive(total)
    } else if (status === 'Download complete' || done.includes(status)) {
      layer.current = layer.total
      layer.done = done.includes(status)
    }
    const layers = [...this.#layers.values()]
    const whole = layers.filter((one) => one.done).length
    const total = layers.reduce((sum, one) => sum + one.total, 0)
    const current = layers.reduce((sum, one) => sum + Math.min(one.current, one.total), 0)
    // By layers, as the sizes of those that have not begun are not known.
    const shares = layers.map((one) =>
      one.done ? 1 : 0.99 * (one.total === 0 ? 0 : one.current / one.total),
    )
    const tenth = Math.floor(
      (10 * shares.reduce((sum, share) => sum + Math.min(share, 1), 0)) / layers.length,
    )
    if (tenth <= this.#told) return undefined
    this.#told = tenth
    const bytes = total === 0 ? '' : `, ${gigabytes(current)} of ${gigabytes(total)} GB`
    return `${whole} of ${layers.length} layers${bytes}`
  }
}

function positive(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TransportName } from '../model/target.ts'
import { runPaths } from '../store/layout.ts'
import { getText } from './get-text.ts'
import type { PreparedTarget } from './ready-target.ts'

const timeoutMs = 2000

/** Keeps what the target's /metrics says before and after a run, as it says it. Targets without it have no file. */
export class ServerScrapes {
  readonly #folder: string
  readonly #urls: readonly URL[]
  readonly #transport: TransportName

  constructor(runFolder: string, prepared: PreparedTarget) {
    this.#folder = runPaths(runFolder).server
    this.#transport = prepared.ready.target.transport
    this.#urls = prepared.ready.urls.map((url) => new URL('/metrics', url))
  }

  /** Resolves when every endpoint has answered or failed to. */
  async take(when: 'before' | 'after'): Promise<void> {
    await Promise.allSettled(
      this.#urls.map(async (url, endpoint) => {
        // No key is sent: metrics pages are open, and what is written here must hold no secret.
        const { status, body } = await getText(url, { headers: {}, timeoutMs, transport: this.#transport })
        if (status === 200) writeFileSync(join(this.#folder, `metrics-${endpoint}-${when}.txt`), body)
      }),
    )
  }
}

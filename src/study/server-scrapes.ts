import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { redact } from '../model/errors.ts'
import { runPaths } from '../store/layout.ts'
import { parseMetrics } from '../telemetry/server-metrics/parse.ts'
import { readingsOf } from '../telemetry/server-metrics/readings.ts'
import type { PreparedTarget } from './ready-target.ts'
import { spellingsOf } from './server-growth.ts'
import { getMetrics } from './server-pages.ts'

/** A server that still works on something is asked again, this often and after this long. */
const patience = { rounds: 5, everyMs: 200 }

/** Keeps what the target's metrics pages say before and after a run, as they say it. Targets without have no file. */
export class ServerScrapes {
  readonly #folder: string
  readonly #prepared: PreparedTarget

  constructor(runFolder: string, prepared: PreparedTarget) {
    this.#folder = runPaths(runFolder).server
    this.#prepared = prepared
  }

  /** Resolves when every endpoint has answered or failed to. */
  async take(when: 'before' | 'after'): Promise<void> {
    await Promise.allSettled(
      this.#prepared.metricsUrls.map(async (url, endpoint) => {
        const body = await this.#readIdle(url, endpoint)
        if (body !== undefined) writeFileSync(join(this.#folder, `metrics-${endpoint}-${when}.txt`), body)
      }),
    )
  }

  /** The page once nothing runs or waits there, or after some patience. */
  async #readIdle(url: URL, endpoint: number): Promise<string | undefined> {
    let body = await this.#read(url, endpoint)
    for (let round = 1; round < patience.rounds && body !== undefined && isBusy(body); round++) {
      await new Promise((resolve) => setTimeout(resolve, patience.everyMs))
      body = await this.#read(url, endpoint)
    }
    return body
  }

  async #read(url: URL, endpoint: number): Promise<string | undefined> {
    const { headers, ready } = this.#prepared
    const { origin } = new URL(ready.urls[endpoint] ?? url)
    const page = await getMetrics(url, { headers, transport: ready.target.transport, origin })
    // A page has no reason to repeat a key; should it do so, the key is not written.
    return page.status === 200 ? redact(page.body, secretsOf(headers)) : undefined
  }
}

function isBusy(body: string): boolean {
  const samples = parseMetrics(body)
  return readingsOf(samples, spellingsOf(samples)).some(
    ({ metric, value = 0 }) => (metric === 'running' || metric === 'waiting') && value > 0,
  )
}

/** What headers may hide: their values, and what follows a scheme such as Bearer. */
function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')])
}

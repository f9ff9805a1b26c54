import { join } from 'node:path'
import { vi } from 'vitest'
import { launch } from '../src/engines/process/launch.ts'
import type { AssayError } from '../src/model/errors.ts'
import { dockerRecipe } from './docker-recipe.mjs'
import { type DockerFault, type FakeDocker, fakeDocker } from './fake-docker.ts'
import { temporaryFolder } from './measure.ts'

/** A launch that has begun. */
export interface Begun {
  readonly said: string[]
  readonly log: string
  readonly running: ReturnType<typeof launch>
}

/** Launches the recipe of the tests in a container. */
export function begin(
  options: Readonly<Record<string, unknown>> = {},
  { dialect, signal }: { readonly dialect?: string; readonly signal?: AbortSignal } = {},
): Begun {
  const said: string[] = []
  const log = join(temporaryFolder(), 'engine.log')
  const running = launch(
    dockerRecipe,
    { model: 'm', runtime: 'docker', ...options },
    {
      logFile: log,
      secrets: ['very-secret'],
      progress: (message) => said.push(message),
      ...(dialect && { dialect }),
      ...(signal && { signal }),
    },
  )
  running.catch(() => {})
  return { said, log, running }
}

/** A fake engine with these faults, which Assay finds. */
export async function engineWith(...faults: DockerFault[]): Promise<FakeDocker> {
  const docker = await fakeDocker(faults)
  vi.stubEnv('DOCKER_HOST', `unix://${docker.socketPath}`)
  return docker
}

/** What a launch fails with. */
export async function failure({ running }: Begun): Promise<AssayError> {
  const error = await running.then(
    async (engine) => {
      await engine.stop()
      return undefined
    },
    (thrown: unknown) => thrown as AssayError,
  )
  if (error === undefined) throw new Error('it started')
  return error
}

/** Waits until something is so, 15 s at most. */
export async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 20) {
    if (waitedMs > 15_000) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

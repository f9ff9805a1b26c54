import type { DockerEngine } from './connect.ts'

/** What the guard of a container is told. */
export interface ContainerOrder {
  readonly engine: DockerEngine
  /** Known before the container is, so that it can be removed whatever happens in between. */
  readonly name: string
  /** Of `POST /containers/create`. */
  readonly body: Readonly<Record<string, unknown>>
  readonly patienceMs: number
}

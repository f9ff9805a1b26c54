import type { Container } from '../../../model/container.ts'
import type { LaunchOptions } from '../../launch-options.ts'
import type { Command, Place } from '../../recipe.ts'
import { gpuContainer, host } from '../words.ts'

/** Ports inside a container, Triton's own. */
const inside = { http: 8000, grpc: 8001, metrics: 8002 } as const
const modelsInside = '/models'

function flags(
  repository: string,
  address: string,
  ports: Readonly<Record<keyof typeof inside, number | 'PORT'>>,
) {
  return [
    ...['--model-repository', repository, '--disable-auto-complete-config'],
    ...['--http-address', address, '--http-port', String(ports.http)],
    ...['--grpc-address', address, '--grpc-port', String(ports.grpc)],
    ...['--metrics-address', address, '--metrics-port', String(ports.metrics)],
  ]
}

/** A tritonserver of this machine over the models in the place's folder. */
export function tritonCommand(
  options: LaunchOptions,
  { folder, port, ports }: Place,
  before: readonly string[] = [],
): Command {
  const own = { http: port, grpc: ports?.grpc ?? 'PORT', metrics: ports?.metrics ?? 'PORT' } as const
  return {
    words: [
      ...before,
      ...[options.binary ?? 'tritonserver', ...flags(`${folder}/models`, host, own)],
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }
}

/** NVIDIA's container over the models in the place's folder. `flavour`: what its tag says of the back end. */
export function tritonContainer(
  options: LaunchOptions,
  place: Place,
  made: {
    readonly release: string
    readonly flavour: string
    readonly mounts?: Container['mounts']
    readonly before?: readonly string[]
  },
): Container {
  const { ports, port, folder } = place
  const hosts = { http: port, grpc: ports?.grpc ?? 'PORT', metrics: ports?.metrics ?? 'PORT' } as const
  return gpuContainer(options, place, {
    image: 'nvcr.io/nvidia/tritonserver',
    tag: `${options.version ?? made.release}-${made.flavour}`,
    port: inside.http,
    ports: (['http', 'grpc', 'metrics'] as const).map((use) => ({
      host: hosts[use],
      container: inside[use],
    })),
    words: [...(made.before ?? []), 'tritonserver', ...flags(modelsInside, '0.0.0.0', inside)],
    mounts: [{ source: `${folder}/models`, target: modelsInside, readOnly: true }, ...(made.mounts ?? [])],
    shmGib: 2,
    ulimits: [
      { name: 'memlock', soft: -1, hard: -1 },
      { name: 'stack', soft: 67_108_864, hard: 67_108_864 },
    ],
  })
}

import type { Container } from '../../model/container.ts'
import { shellSetting, shellWord } from '../process/shell-line.ts'
import { imageReference } from './image-name.ts'

/** A container as the `docker run` line that one types in a POSIX shell, without what is secret. */
export function dockerLine(container: Container, secrets: readonly string[] = []): string {
  const { image, digest, entrypoint = [], words, env, ports, mounts } = container
  const { gpus, shmBytes, ulimits = [], ipc, cpus } = container
  const word = (text: string) => shellWord(text, secrets)
  const [program, ...programWords] = entrypoint
  const flags: readonly (readonly [string, string])[] = [
    ...(gpus === undefined ? [] : [['--gpus', gpuFlag(gpus)] as const]),
    ...(shmBytes === undefined ? [] : [['--shm-size', String(shmBytes)] as const]),
    ...ulimits.map(({ name, soft, hard }) => ['--ulimit', `${name}=${soft}:${hard}`] as const),
    ...(ipc === undefined ? [] : [['--ipc', ipc] as const]),
    ...(cpus === undefined ? [] : [['--cpuset-cpus', cpus] as const]),
    ...ports.map(({ host, container: inside }) => ['-p', `127.0.0.1:${host}:${inside}`] as const),
    ...mounts.map((mount) => ['--mount', mountFlag(mount)] as const),
  ]
  return [
    'docker run --rm',
    ...flags.map(([name, value]) => `${name} ${word(value)}`),
    ...Object.entries(env).map(([name, value]) => `-e ${shellSetting(name, value, secrets)}`),
    ...(program === undefined ? [] : [`--entrypoint ${word(program)}`]),
    word(imageReference(image, digest)),
    ...[...programWords, ...words].map(word),
  ].join(' ')
}

/** The value is a line of CSV to Docker, so a list of numbers stands in quotes. */
function gpuFlag(gpus: 'all' | readonly number[]): string {
  return gpus === 'all' ? 'all' : `"device=${gpus.join(',')}"`
}

/** CSV as well. */
function mountFlag({ source, target, readOnly }: Container['mounts'][number]): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])]
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}

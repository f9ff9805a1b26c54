import type { Container } from '../../model/container.ts'

/** Enough to find what went wrong, and a bound on what a chatty engine writes below Docker's own folder. */
const logConfig = { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } }

/** The body of `POST /containers/create`. `image`: what to make it from. Ports must be chosen by now. */
export function createBody(
  container: Container,
  image: string,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const { entrypoint, words, env, ports, mounts, gpus, shmBytes, ulimits, ipc, cpus } = container
  const bindings = ports.map(({ host, container: inside }) => {
    if (host === 'PORT') throw new RangeError('a port has not been chosen')
    // Nobody else can reach it.
    return [`${inside}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(host) }]] as const
  })
  return {
    Image: image,
    ...(words.length === 0 ? {} : { Cmd: words }),
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: labels,
    ExposedPorts: Object.fromEntries(bindings.map(([port]) => [port, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(bindings),
      Mounts: mounts.map(({ source, target, readOnly }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
      LogConfig: logConfig,
      ...(gpus === undefined ? {} : { DeviceRequests: [deviceRequest(gpus)] }),
      ...(shmBytes === undefined ? {} : { ShmSize: shmBytes }),
      ...(ulimits === undefined
        ? {}
        : { Ulimits: ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })) }),
      ...(ipc === undefined ? {} : { IpcMode: ipc }),
      ...(cpus === undefined ? {} : { CpusetCpus: cpus }),
    },
  }
}

/** As `docker run --gpus` asks: all of them, or some by number. */
function deviceRequest(gpus: 'all' | readonly number[]): Readonly<Record<string, unknown>> {
  const which = gpus === 'all' ? { Count: -1 } : { DeviceIDs: gpus.map(String) }
  return { Driver: '', ...which, Capabilities: [['gpu']] }
}

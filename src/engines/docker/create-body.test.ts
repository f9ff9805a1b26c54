import { expect, test } from 'vitest'
import { createBody } from './create-body.ts'

test('a container with everything is told in the words of the API', () => {
  const body = createBody(
    {
      image: 'engine:1',
      entrypoint: ['serve'],
      words: ['m'],
      env: { A: 'b' },
      ports: [{ host: 8000, container: 80 }],
      mounts: [{ source: '/models', target: '/m', readOnly: true }],
      gpus: 'all',
      shmBytes: 1024,
      ulimits: [{ name: 'memlock', soft: -1, hard: -1 }],
      ipc: 'host',
      cpus: '0-3',
    },
    'engine:1',
    { 'assay.run': 'r' },
  )
  expect(body).toEqual({
    Image: 'engine:1',
    Cmd: ['m'],
    Entrypoint: ['serve'],
    Env: ['A=b'],
    Labels: { 'assay.run': 'r' },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: {
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }] },
      Mounts: [{ Type: 'bind', Source: '/models', Target: '/m', ReadOnly: true }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } },
      DeviceRequests: [{ Driver: '', Count: -1, Capabilities: [['gpu']] }],
      ShmSize: 1024,
      Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }],
      IpcMode: 'host',
      CpusetCpus: '0-3',
    },
  })
})

test('what is absent is left to the image', () => {
  const body = createBody({ image: 'e', words: [], env: {}, ports: [], mounts: [] }, 'e:latest', {})
  expect(Object.keys(body)).toEqual(['Image', 'Env', 'Labels', 'ExposedPorts', 'HostConfig'])
  expect(Object.keys(body.HostConfig as object)).toEqual(['PortBindings', 'Mounts', 'LogConfig'])
})

import { expect, test } from 'vitest'
import type { Container } from '../../model/container.ts'
import { dockerLine } from './docker-line.ts'

const least: Container = { image: 'engine', words: [], env: {}, ports: [], mounts: [] }
const digest = `sha256:${'c'.repeat(64)}`

test.each<readonly [string, Container, string]>([
  ['the least', least, 'docker run --rm engine:latest'],
  [
    'a port that is not chosen',
    { ...least, ports: [{ host: 'PORT', container: 80 }] },
    'docker run --rm -p 127.0.0.1:PORT:80 engine:latest',
  ],
  [
    'everything',
    {
      image: 'registry:5000/team/engine:1.2',
      digest,
      entrypoint: ['python3', '-m', 'server'],
      words: ['--model', "it's here"],
      env: { HF_TOKEN: 'abc', MODE: 'a b' },
      ports: [
        { host: 8000, container: 80 },
        { host: 8001, container: 81 },
      ],
      mounts: [
        { source: '/my models', target: '/models', readOnly: true },
        { source: '/a,b', target: '/c', readOnly: false },
      ],
      gpus: [0, 2],
      shmBytes: 1073741824,
      ulimits: [{ name: 'memlock', soft: -1, hard: -1 }],
      ipc: 'host',
      cpus: '0-3',
    },
    `docker run --rm --gpus '"device=0,2"' --shm-size 1073741824 --ulimit memlock=-1:-1 --ipc host --cpuset-cpus 0-3 -p 127.0.0.1:8000:80 -p 127.0.0.1:8001:81 --mount 'type=bind,source=/my models,target=/models,readonly' --mount 'type=bind,"source=/a,b",target=/c' -e HF_TOKEN=[redacted] -e MODE='a b' --entrypoint python3 registry:5000/team/engine@${digest} -m server --model 'it'\\''s here'`,
  ],
  ['all GPUs', { ...least, gpus: 'all' }, 'docker run --rm --gpus all engine:latest'],
])('the line of %s', (_, container, line) => {
  expect(dockerLine(container)).toBe(line)
})

test('no secret stands in a line', () => {
  const line = dockerLine({ ...least, words: ['--key', 'hunter22'], env: { A: 'x-hunter22' } }, ['hunter22'])
  expect(line).toBe("docker run --rm -e A='x-[redacted]' engine:latest --key '[redacted]'")
})

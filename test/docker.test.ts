import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { recipeCommands } from '../src/engines/process/recipe-commands.ts'
import { begin, engineWith, failure, until } from './docker-launch.ts'
import { dockerRecipe } from './docker-recipe.mjs'
import { type DockerFault, imageDigest, otherDigest } from './fake-docker.ts'
import { temporaryFolder } from './measure.ts'

beforeEach(() => {
  vi.stubEnv('ASSAY_CACHE', temporaryFolder())
  return () => vi.unstubAllEnvs()
})

describe('an engine in a container', () => {
  test('is pulled, made, started, followed and removed', async () => {
    const docker = await engineWith()
    const { said, log, running } = begin()
    const engine = await running
    const [container] = docker.containers.values()
    expect(container?.name).toMatch(/^assay-[0-9a-f]{8}-vllm-0$/)
    expect(container?.body).toMatchObject({
      Image: `team/engine@${imageDigest}`,
      Cmd: ['serve', 'm'],
      Env: ['HF_TOKEN=very-secret'],
      Labels: { 'assay.engine': 'vllm' },
    })
    const { Mounts } = container?.body.HostConfig as {
      readonly Mounts: readonly [{ readonly Source: string }]
    }
    expect(readFileSync(join(Mounts[0].Source, 'models/llm/config.txt'), 'utf8')).toBe('model m\n')
    expect(engine.pids).toEqual([])
    expect(engine.engineInfo).toMatchObject({
      image: 'team/engine:1.2',
      digest: imageDigest,
      runtime: 'docker',
    })
    const [url = ''] = engine.urls
    const port = Number(new URL(url).port)
    expect(engine.metricsUrls?.[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect(engine.commands).toHaveLength(1)
    expect(engine.commands?.[0]).toContain(`docker run --rm -p 127.0.0.1:${port}:8000`)
    expect(engine.commands?.[0]).toContain(`-e HF_TOKEN=[redacted] team/engine@${imageDigest} serve m`)
    // A hundred lines of the pull, one for each tenth of it at most.
    const pulls = said.filter((line) => line.startsWith('pulling the image team/engine:1.2'))
    expect(pulls[0]).toBe('pulling the image team/engine:1.2')
    expect(pulls.at(-1)).toBe('pulling the image team/engine:1.2: 2 of 2 layers, 1.0 of 1.0 GB')
    expect(pulls.length).toBeLessThanOrEqual(12)
    await until(() => readFileSync(log, 'utf8') === 'loading the model\nout of GPU memory\n')
    await engine.stop()
    expect(docker.containers.size).toBe(0)
    expect(docker.asked.filter((ask) => ask.startsWith('DELETE'))).toHaveLength(1)
  })

  test('is not pulled when the image is there', async () => {
    const docker = await engineWith()
    docker.images.set(`team/engine@${imageDigest}`, [`team/engine@${imageDigest}`])
    const { said, running } = begin()
    await (await running).stop()
    expect(docker.asked).not.toContain('POST /images/create')
    expect(said.join()).not.toContain('pulling')
  })

  test('has replicas with ports and GPUs of their own, and speaks gRPC at its gRPC port', async () => {
    const docker = await engineWith()
    const engine = await begin({ replicas: 2, gpus: [0, 1, 2, 3] }, { dialect: 'kserve-grpc' }).running
    const bodies = [...docker.containers.values()].map(
      ({ body }) => body.HostConfig as Record<string, unknown>,
    )
    expect(bodies.map(({ DeviceRequests }) => DeviceRequests)).toEqual(
      [
        ['0', '1'],
        ['2', '3'],
      ].map((DeviceIDs) => [{ Driver: '', DeviceIDs, Capabilities: [['gpu']] }]),
    )
    const grpc = bodies.map(
      ({ PortBindings }) =>
        (PortBindings as Record<string, [{ HostPort: string }]>)['8001/tcp']?.[0].HostPort,
    )
    expect(engine.urls).toEqual(grpc.map((port) => `grpc://127.0.0.1:${port}`))
    expect(new Set(bodies.flatMap(({ PortBindings }) => JSON.stringify(PortBindings))).size).toBe(2)
    await engine.stop()
    expect(docker.containers.size).toBe(0)
  })

  test('that ends while it serves is known to have ended', async () => {
    const docker = await engineWith()
    const engine = await begin().running
    docker.exit([...docker.containers.keys()][0] ?? '', 9)
    expect(await engine.ended).toBe('its container ended with code 9')
    await engine.stop()
    await until(() => docker.containers.size === 0)
  })

  test('that takes its time to end is given it, and is gone then', async () => {
    const docker = await engineWith('ignores-term')
    const engine = await begin().running
    await engine.stop()
    expect(docker.containers.size).toBe(0)
  })

  test('whose log is no frames is served all the same', async () => {
    const docker = await engineWith('log-is-no-frames')
    const { log, running } = begin()
    await (await running).stop()
    expect(readFileSync(log, 'utf8')).toBe('')
    expect(docker.containers.size).toBe(0)
  })
})

test('the line that would start it is printed without Docker, and its files are there', () => {
  const lines = recipeCommands(dockerRecipe, {
    model: 'm',
    runtime: 'docker',
    port: 8000,
    replicas: 2,
    cores: '0-3',
  })
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(
    /^docker run --rm --cpuset-cpus 0-3 -p 127\.0\.0\.1:8003:8000 -p 127\.0\.0\.1:8004:8001 -p 127\.0\.0\.1:8005:8002 --mount type=bind,source=\S+,target=\/models,readonly -e HF_TOKEN=\[redacted\] team\/engine@sha256:a+ serve m$/,
  )
  const folder = /source=([^,]+),/.exec(lines[0] ?? '')?.[1] ?? ''
  expect(readFileSync(join(folder, 'models/llm/config.txt'), 'utf8')).toBe('model m\n')
})

describe('an image of one’s own', () => {
  const context = () => {
    const folder = join(temporaryFolder(), 'engine')
    mkdirSync(join(folder, 'src'), { recursive: true })
    writeFileSync(join(folder, 'Dockerfile'), 'FROM base\nCOPY src /src\n')
    writeFileSync(join(folder, 'src', 'serve.sh'), 'echo hello\n', { mode: 0o755 })
    symlinkSync('serve.sh', join(folder, 'src', 'run'))
    return folder
  }

  test('is built from a Dockerfile and its folder, once, and named after their bytes', async () => {
    const docker = await engineWith()
    const folder = context()
    const { log, running } = begin({ dockerfile: folder })
    const engine = await running
    const [container] = docker.containers.values()
    const image = String(engine.engineInfo.image)
    expect(image).toMatch(/^assay-local:[0-9a-f]{12}$/)
    expect(container?.body.Image).toBe(image)
    expect(engine.engineInfo).toMatchObject({ imageId: 'sha256:1' })
    expect(readFileSync(log, 'utf8')).toContain('Step 1/1 : FROM base\nSuccessfully built\n')
    await engine.stop()
    const list = execFileSync('tar', ['-tvf', '-'], { input: docker.contexts[0] }).toString()
    expect(list).toMatch(
      /^-rw-.* Dockerfile\n.*drwx.* src\/\n.*lrwx.* src\/run -> serve\.sh\n-rwxr-xr-x.* src\/serve\.sh\n$/s,
    )
    await (await begin({ dockerfile: join(folder, 'Dockerfile') }).running).stop()
    expect(docker.contexts).toHaveLength(1)
    writeFileSync(join(folder, 'src', 'serve.sh'), 'echo other\n')
    await (await begin({ dockerfile: folder }).running).stop()
    expect(docker.contexts).toHaveLength(2)
    expect(recipeCommands(dockerRecipe, { model: 'm', runtime: 'docker', dockerfile: folder })[0]).toMatch(
      /^docker build -t assay-local:[0-9a-f]{12} -f \S+\/Dockerfile \S+\/engine$/,
    )
  })

  test('that cannot be built says why', async () => {
    const docker = await engineWith('build-fails')
    const error = await failure(begin({ dockerfile: context() }))
    expect(error).toMatchObject({ code: 'image-build-failed', exitCode: 3 })
    expect(error.message).toContain(
      'could not be built: no such file: model.py\nIts last words:\nStep 1/1 : FROM base',
    )
    expect(docker.containers.size).toBe(0)
  })

  test('whose Dockerfile is missing is a mistake of the user', async () => {
    await engineWith()
    expect(await failure(begin({ dockerfile: '/no/such/folder' }))).toMatchObject({
      code: 'dockerfile',
      exitCode: 2,
    })
  })
})

describe('what goes wrong is said with the next step', () => {
  const cases: readonly (readonly [DockerFault, string, string])[] = [
    ['old-api', 'docker-version', 'too old: it speaks version 1.24 of the API'],
    ['no-docker', 'docker-version', 'is no Docker engine (status 404)'],
    ['pull-404', 'image-missing', 'There is no image team/engine:1.2: manifest unknown'],
    ['pull-error', 'image-pull-failed', 'could not be pulled: no space left on device'],
    ['pull-cut', 'image-pull-failed', 'could not be pulled'],
    ['wrong-digest', 'image-digest', `its digest is ${otherDigest}, not ${imageDigest}`],
    ['port-taken', 'port-taken', 'Docker cannot start the container: driver failed'],
    ['no-gpu', 'docker-no-gpu', 'could not select device driver'],
    [
      'exits-at-once',
      'engine-ended',
      'vllm did not start: its container ended with code 3. Its last words:\nloading the model\nout of GPU memory',
    ],
  ]
  test.each(cases)('%s', async (fault, code, message) => {
    const docker = await engineWith(fault)
    const error = await failure(begin())
    expect(error.message).toContain(message)
    expect(error).toMatchObject({ code, exitCode: 3 })
    expect(error.hint).not.toBe('')
    expect(docker.containers.size).toBe(0)
  })

  test('no socket', async () => {
    vi.stubEnv('DOCKER_HOST', 'unix:///no/such/docker.sock')
    const error = await failure(begin())
    expect(error).toMatchObject({
      code: 'docker-not-there',
      message: 'There is no Docker engine: /no/such/docker.sock does not exist.',
    })
  })

  test('an engine by TCP', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://10.0.0.1:2375')
    const error = await failure(begin())
    expect(error.code).toBe('docker-host')
    expect(error.hint).toContain('DOCKER_HOST=unix://')
  })
})

describe('an interrupt', () => {
  test('while an engine does not answer is not waited for', async () => {
    const docker = await engineWith('silent')
    const control = new AbortController()
    const begun = begin({}, { signal: control.signal })
    await until(() => docker.asked.length > 0)
    control.abort()
    expect(await failure(begun)).toMatchObject({ code: 'interrupted', exitCode: 130 })
  })

  test('in the middle of a pull leaves it', async () => {
    const docker = await engineWith('pull-hangs')
    const control = new AbortController()
    const begun = begin({}, { signal: control.signal })
    await until(() => begun.said.length > 1)
    control.abort()
    expect(await failure(begun)).toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(docker.asked).not.toContain('POST /containers/create')
  })

  test('while the container is made leaves none', async () => {
    const docker = await engineWith('create-slow')
    const control = new AbortController()
    const begun = begin({}, { signal: control.signal })
    await until(() => docker.asked.includes('POST /containers/create'))
    control.abort()
    expect(await failure(begun)).toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(docker.containers.size).toBe(0)
    expect(docker.asked.some((ask) => ask.startsWith('DELETE'))).toBe(true)
  })
})

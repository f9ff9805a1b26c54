import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './measure.ts'

/** How a fake engine fails. */
export type DockerFault =
  | 'old-api'
  | 'no-docker'
  | 'silent'
  | 'pull-404'
  | 'pull-error'
  | 'pull-cut'
  | 'pull-hangs'
  | 'wrong-digest'
  | 'port-taken'
  | 'no-gpu'
  | 'create-slow'
  | 'exits-at-once'
  | 'ignores-term'
  | 'log-is-no-frames'
  | 'build-fails'

/** A container of the fake engine. */
interface FakeContainer {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  running: boolean
  code: number | undefined
  server?: Server
  readonly waiting: (() => void)[]
  readonly logs: ServerResponse[]
}

/** An engine that keeps images and containers in memory; a started container answers 200 at each of its ports. */
export interface FakeDocker {
  readonly socketPath: string
  readonly containers: Map<string, FakeContainer>
  /** "POST /containers/create", without version and query, in order. */
  readonly asked: string[]
  /** By reference: "image:tag" or "image@sha256:…". */
  readonly images: Map<string, readonly string[]>
  /** Tar files that images were built from. */
  readonly contexts: Buffer[]
  /** Ends a container from inside. */
  exit(name: string, code: number): void
}

export const imageDigest = `sha256:${'a'.repeat(64)}`
export const otherDigest = `sha256:${'b'.repeat(64)}`

/** One frame of the log. */
export function logFrame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(body.length, 4)
  return Buffer.concat([head, body])
}

/** Starts one on a socket of its own; it ends with the test. */
export async function fakeDocker(faults: readonly DockerFault[] = []): Promise<FakeDocker> {
  const socketPath = join(temporaryFolder(), 'docker.sock')
  const has = (fault: DockerFault) => faults.includes(fault)
  const containers = new Map<string, FakeContainer>()
  const images = new Map<string, readonly string[]>()
  const asked: string[] = []
  const contexts: Buffer[] = []
  const send = (response: ServerResponse, status: number, body?: object) => {
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Api-Version': has('old-api') ? '1.24' : '1.43',
    })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }
  const exit = (name: string, code: number) => {
    const container = containers.get(name)
    if (container?.running !== true) return
    container.running = false
    container.code = code
    container.server?.closeAllConnections()
    container.server?.close()
    for (const log of container.logs) log.end()
    for (const resolve of container.waiting) resolve()
  }

  async function pull(query: URLSearchParams, response: ServerResponse): Promise<void> {
    if (has('pull-404')) return send(response, 404, { message: 'manifest unknown' })
    const [image = '', tag = ''] = [query.get('fromImage') ?? '', query.get('tag') ?? '']
    response.writeHead(200, { 'Content-Type': 'application/json' })
    const line = (fields: object) => response.write(`${JSON.stringify(fields)}\r\n`)
    line({ status: `Pulling from ${image}`, id: tag })
    for (const id of ['l1', 'l2']) line({ status: 'Pulling fs layer', id })
    for (const id of ['l1', 'l2']) {
      for (let i = 0; i <= 50; i++) {
        line({ status: 'Downloading', id, progressDetail: { current: i * 1e7, total: 5e8 } })
      }
      if (has('pull-hangs')) return
      await new Promise((resolve) => setImmediate(resolve))
      if (has('pull-cut')) return void response.destroy()
      if (has('pull-error')) {
        line({ error: 'no space left on device', errorDetail: {} })
        return void response.end()
      }
      line({ status: 'Download complete', id })
      line({ status: 'Pull complete', id })
    }
    const isDigest = tag.startsWith('sha256:')
    const digest = has('wrong-digest') ? otherDigest : isDigest ? tag : imageDigest
    images.set(isDigest ? `${image}@${tag}` : `${image}:${tag}`, [`${image}@${digest}`])
    response.end()
  }

  async function build(
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    contexts.push(await bytesOf(request))
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write(`${JSON.stringify({ stream: 'Step 1/1 : FROM base\n' })}\n`)
    if (has('build-fails'))
      return void response.end(`${JSON.stringify({ error: 'no such file: model.py' })}\n`)
    images.set(query.get('t') ?? '', [])
    response.end(`${JSON.stringify({ stream: 'Successfully built\n' })}\n`)
  }

  async function create(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await textOf(request)) as FakeContainer['body']
    if (has('create-slow')) await new Promise((resolve) => setTimeout(resolve, 400))
    containers.set(name, { name, body, running: false, code: undefined, waiting: [], logs: [] })
    send(response, 201, { Id: name, Warnings: [] })
  }

  async function start(container: FakeContainer, response: ServerResponse): Promise<void> {
    if (has('port-taken')) {
      const message =
        'driver failed programming external connectivity: Bind for 127.0.0.1 failed: port is already allocated'
      return send(response, 500, { message })
    }
    if (has('no-gpu')) {
      return send(response, 500, { message: 'could not select device driver "" with capabilities: [[gpu]]' })
    }
    container.running = true
    const { HostConfig } = container.body as {
      readonly HostConfig: {
        readonly PortBindings: Readonly<Record<string, readonly { HostPort: string }[]>>
      }
    }
    const [binding] = Object.values(HostConfig.PortBindings)
    if (binding !== undefined && !has('exits-at-once')) {
      container.server = createServer((_, reply) => reply.end('{}'))
      await new Promise<void>((resolve) =>
        container.server?.listen(Number(binding[0]?.HostPort), '127.0.0.1', resolve),
      )
    }
    send(response, 204)
  }

  function logs(container: FakeContainer, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/vnd.docker.multiplexed-stream' })
    if (has('log-is-no-frames')) response.write('HTTP what is this\n')
    // In pieces that end within a frame.
    const bytes = Buffer.concat([logFrame(1, 'loading the model\n'), logFrame(2, 'out of GPU memory\n')])
    for (let at = 0; at < bytes.length; at += 5) response.write(bytes.subarray(at, at + 5))
    if (has('exits-at-once')) {
      setImmediate(() => exit(container.name, 3))
      response.end()
    } else if (container.running) container.logs.push(response)
    else response.end()
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://docker')
    const path = decodeURIComponent(pathname.replace(/^\/v1\.\d+/, ''))
    asked.push(`${request.method} ${path}`)
    if (has('silent')) return
    if (has('no-docker')) return send(response, 404)
    if (path === '/_ping') return send(response, 200)
    if (path === '/version') return send(response, 200, { ApiVersion: has('old-api') ? '1.24' : '1.43' })
    if (path === '/images/create') return pull(searchParams, response)
    if (path === '/build') return build(searchParams, request, response)
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1]
    if (image !== undefined) {
      const digests = images.get(image)
      return digests === undefined
        ? send(response, 404, { message: `No such image: ${image}` })
        : send(response, 200, { Id: 'sha256:1', RepoDigests: digests })
    }
    if (path === '/containers/create') return create(searchParams.get('name') ?? '', request, response)
    const [, name = '', action] = /^\/containers\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    const container = containers.get(name)
    if (container === undefined) return send(response, 404, { message: `No such container: ${name}` })
    switch (action) {
      case 'start':
        return start(container, response)
      case 'logs':
        return logs(container, response)
      case 'wait':
        if (container.running) await new Promise<void>((resolve) => container.waiting.push(resolve))
        return send(response, 200, { StatusCode: container.code ?? 0 })
      case 'stop':
        if (has('ignores-term')) {
          await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get('t')) * 1000))
        }
        exit(name, has('ignores-term') ? 137 : 0)
        return send(response, 204)
      case 'json':
        return send(response, 200, { State: { Running: container.running, OOMKilled: false } })
      default:
        exit(name, 137)
        containers.delete(name)
        return send(response, 204)
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  onTestFinished(() => {
    for (const name of containers.keys()) exit(name, 137)
    server.closeAllConnections()
    server.close()
    rmSync(socketPath, { force: true })
  })
  return { socketPath, containers, asked, images, contexts, exit }
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await bytesOf(request)).toString('utf8')
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

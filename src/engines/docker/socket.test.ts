import { expect, test } from 'vitest'
import { dockerSocket, socketError } from './socket.ts'

test.each([
  [{}, '/var/run/docker.sock'],
  [{ DOCKER_HOST: '' }, '/var/run/docker.sock'],
  [{ DOCKER_HOST: 'unix:///run/user/1/docker.sock' }, '/run/user/1/docker.sock'],
])('the socket of %j', (env, path) => {
  expect(dockerSocket(env)).toBe(path)
})

test.each([
  'tcp://1.2.3.4:2375',
  'ssh://me@host',
  'unix://',
  'npipe:////./pipe/docker',
])('%s is refused', (host) => {
  expect(() => dockerSocket({ DOCKER_HOST: host })).toThrowError('through a Unix socket')
})

test.each([
  ['EACCES', 'docker-forbidden', 'no permission for /s'],
  ['ENOENT', 'docker-not-there', '/s does not exist'],
  ['ECONNREFUSED', 'docker-not-there', 'No Docker engine listens at /s'],
  ['ECONNRESET', 'docker-hung-up', 'hung up (ECONNRESET)'],
])('%s', (code, name, message) => {
  const error = socketError('/s', Object.assign(new Error('x'), { code }))
  expect(error).toMatchObject({ code: name, exitCode: 3 })
  expect(error.message).toContain(message)
  expect(error.hint).toBeDefined()
})

import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { choosePorts } from './ports.ts'

test('free ports are all different', async () => {
  const ports = await choosePorts(50, undefined)
  expect(new Set(ports).size).toBe(50)
})

test('ports beyond the last one are one clear error', async () => {
  await expect(choosePorts(6, 65_531)).rejects.toMatchObject({
    code: 'no-ports',
    message: '6 ports from 65531 on end beyond 65535.',
    hint: 'Choose a "port" of at most 65530, or leave it out for any free ones.',
  })
})

test('a taken port in the middle of those needed says which, and which are needed', async () => {
  const [first = 0, second = 0] = (await choosePorts(2, undefined)).sort((a, b) => a - b)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(second, '127.0.0.1', resolve))
  const count = second - first + 1
  const choosing = choosePorts(count, first)
  await expect(choosing).rejects.toMatchObject({ code: 'port-taken' })
  await expect(choosing).rejects.toThrowError(/^Port \d+ cannot be used/)
  server.close()
})

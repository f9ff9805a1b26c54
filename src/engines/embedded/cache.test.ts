import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CachedModel, ensureModel, sha256Of } from './cache.ts'
import { ggufChunks } from './gguf/gguf.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

const build = () => ({
  metadata: {},
  tensors: [{ name: 't', dims: [4], type: 'F32' as const, data: () => [new Uint8Array(16).fill(9)] }],
})
const whole = Buffer.concat([...ggufChunks(build())])

function context() {
  const said: string[] = []
  return { folder, said, progress: (message: string) => said.push(message) }
}

test('a model is built once, by two at a time as well, and leaves one file', async () => {
  const model: CachedModel = { fileName: 'm', build }
  const first = context()
  const paths = await Promise.all([ensureModel(model, first), ensureModel(model, first)])
  expect(paths).toEqual([join(folder, 'm.gguf'), join(folder, 'm.gguf')])
  expect(await readFile(join(folder, 'm.gguf'))).toEqual(whole)
  expect(await readdir(folder)).toEqual(['m.gguf'])
  const second = context()
  await ensureModel(model, second)
  expect(second.said).toEqual([])
})

test('a damaged file is found by its hash, or by its size where no hash is known, and made again', async () => {
  const path = join(folder, 'm.gguf')
  await writeFile(path, whole)
  const known = { fileName: 'm', sha256: await sha256Of(path), build }
  await writeFile(path, Buffer.from(whole).fill(1, whole.length - 16, whole.length - 15))
  const told = context()
  await ensureModel(known, told)
  expect(told.said).toEqual(['building the model m (0 MB; the cached file is damaged)'])
  expect(await readFile(path)).toEqual(whole)
  await writeFile(path, whole.subarray(0, 20))
  await ensureModel({ fileName: 'm', build }, context())
  expect(await readFile(path)).toEqual(whole)
})

test('a build that is stopped leaves nothing behind', async () => {
  const stop = new AbortController()
  stop.abort()
  await expect(ensureModel({ fileName: 'm', build }, { ...context(), signal: stop.signal })).rejects.toThrow()
  expect(await readdir(folder)).toEqual([])
})

test('a folder that cannot be written gives an error that says what to do', async () => {
  await writeFile(join(folder, 'file'), '')
  const attempt = ensureModel(
    { fileName: 'm', build },
    { ...context(), folder: join(folder, 'file', 'below') },
  )
  await expect(attempt).rejects.toMatchObject({
    code: 'model-cache',
    hint: 'Set ASSAY_CACHE to a folder that can be written.',
    exitCode: 5,
  })
})

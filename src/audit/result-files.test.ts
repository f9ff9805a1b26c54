import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findResult, readResult } from './result-files.ts'

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'assay-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  mkdirSync(join(path, 'a', 'b'), { recursive: true })
  Object.entries(files).forEach(([name, text], age) => {
    writeFileSync(join(path, name), text)
    utimesSync(join(path, name), 1000 - age, 1000 - age)
  })
  return path
}

const vllm = (ttft: number) =>
  JSON.stringify({ model_id: 'm', total_token_throughput: 1, median_ttft_ms: ttft })

test('the youngest file that somebody knows is found, however deep', () => {
  const path = folder({
    'inputs.json': '{"data":[]}',
    'broken.json': '{"model_id"',
    'a/b/new.json': vllm(1),
    'old.json': vllm(2),
    'notes.txt': vllm(3),
  })
  expect(findResult(path)).toEqual({
    path: join(path, 'a/b/new.json'),
    reader: 'vllm-bench',
    figures: { ttftP50Ms: 1 },
    notes: [],
  })
})

test('a folder without one is no mistake', () => {
  expect(findResult(folder({ 'x.json': '{}' }))).toBeUndefined()
})

test('a file that was named must be there and be known', () => {
  const path = folder({ 'x.out': vllm(4), 'y.json': '{}' })
  expect(readResult(join(path, 'x.out')).figures).toEqual({ ttftP50Ms: 4 })
  expect(() => readResult(join(path, 'y.json'))).toThrow('no known tool wrote this file')
  expect(() => readResult(join(path, 'z.json'))).toThrow('ENOENT')
})

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type TarEntry, tarBlocks } from './tar.ts'

const file = (path: string, text: string): TarEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  size: Buffer.byteLength(text),
  read: () => Buffer.from(text),
})

test('tar reads what is written: long paths, empty files, files of a block and more', () => {
  const long = `${'folder/'.repeat(20)}${'n'.repeat(90)}`
  const entries = [
    file('empty', ''),
    file('block', 'x'.repeat(512)),
    file('more', 'y'.repeat(513)),
    file(long, 'é'),
  ]
  const archive = Buffer.concat([...tarBlocks(entries)])
  expect(archive.length % 512).toBe(0)
  const names = execFileSync('tar', ['-tf', '-'], { input: archive }).toString().trim().split('\n')
  expect(names).toEqual(entries.map(({ path }) => path))
  const read = (path: string) => execFileSync('tar', ['-xOf', '-', path], { input: archive }).toString()
  expect(read('empty')).toBe('')
  expect(read('block')).toBe('x'.repeat(512))
  expect(read('more')).toBe('y'.repeat(513))
  expect(read(long)).toBe('é')
})

test('a path that no tar file can hold is refused', () => {
  expect(() => [...tarBlocks([file('n'.repeat(101), '')])]).toThrowError('too long for a tar file')
})

test('a file that changes while it is read is refused', () => {
  const changing: TarEntry = {
    kind: 'file',
    path: 'a',
    mode: 0o644,
    size: 3,
    read: () => Buffer.from('four'),
  }
  expect(() => [...tarBlocks([changing])]).toThrowError('a changes while it is read')
})

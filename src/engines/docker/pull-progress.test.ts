import { expect, test } from 'vitest'
import { PullProgress } from './pull-progress.ts'

test('a pull of hundreds of lines is told in ten at most, by layers and bytes', () => {
  const progress = new PullProgress()
  const said: string[] = []
  const see = (line: Readonly<Record<string, unknown>>) => {
    const news = progress.see(line)
    if (news !== undefined) said.push(news)
  }
  see({ status: 'Pulling from team/engine', id: '1.2' })
  for (const id of ['a', 'b', 'c', 'd']) see({ status: 'Pulling fs layer', id })
  see({ status: 'Already exists', id: 'a' })
  for (const id of ['b', 'c', 'd']) {
    for (let i = 0; i <= 200; i++)
      see({ status: 'Downloading', id, progressDetail: { current: i * 1e7, total: 2e9 } })
    see({ status: 'Pull complete', id })
  }
  expect(said[0]).toBe('1 of 4 layers')
  expect(said.at(-1)).toBe('4 of 4 layers, 6.0 of 6.0 GB')
  expect(said.length).toBeLessThanOrEqual(10)
})

test('lines that are not a pull’s say nothing', () => {
  const progress = new PullProgress()
  for (const line of [
    {},
    { id: 1 },
    { status: 'x' },
    { id: 'a', status: 'Downloading', progressDetail: null },
  ])
    expect(progress.see(line)).toBeUndefined()
})

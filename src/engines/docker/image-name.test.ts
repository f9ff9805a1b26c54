import { expect, test } from 'vitest'
import { imageName, imageReference } from './image-name.ts'

test.each([
  ['engine', { repository: 'engine', tag: 'latest' }],
  ['team/engine:1', { repository: 'team/engine', tag: '1' }],
  ['host:5000/engine', { repository: 'host:5000/engine', tag: 'latest' }],
  ['host:5000/engine:1@sha256:ab', { repository: 'host:5000/engine', tag: '1', digest: 'sha256:ab' }],
])('%s', (image, parts) => {
  expect(imageName(image)).toEqual(parts)
})

test('a digest stands in the place of the tag', () => {
  expect(imageReference('host:5000/engine:1', 'sha256:cd')).toBe('host:5000/engine@sha256:cd')
  expect(imageReference('engine:1@sha256:ab', undefined)).toBe('engine@sha256:ab')
  expect(imageReference('engine', undefined)).toBe('engine:latest')
})

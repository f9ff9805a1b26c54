import { expect, test } from 'vitest'
import { cacheFolder } from './cache-folder.ts'

test.each([
  ['linux', {}, '/home/u/.cache/assay'],
  ['linux', { XDG_CACHE_HOME: '/x' }, '/x/assay'],
  ['linux', { XDG_CACHE_HOME: '' }, '/home/u/.cache/assay'],
  ['darwin', { XDG_CACHE_HOME: '/x' }, '/home/u/Library/Caches/assay'],
  ['win32', { LOCALAPPDATA: '/l' }, '/l/assay/cache'],
  ['win32', { ASSAY_CACHE: '/own', LOCALAPPDATA: '/l' }, '/own'],
] as const)('the cache folder on %s with %o is %s', (platform, env, expected) => {
  expect(cacheFolder(env, platform, '/home/u')).toBe(expected)
})

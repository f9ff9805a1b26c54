import { expect, test } from 'vitest'
import { binaryPackage, installArguments } from './setup.ts'

test.each([
  ['linux', 'x64', '@node-llama-cpp/linux-x64'],
  ['linux', 'arm', '@node-llama-cpp/linux-armv7l'],
  ['darwin', 'arm64', '@node-llama-cpp/mac-arm64-metal'],
  ['win32', 'x64', '@node-llama-cpp/win-x64'],
  ['freebsd', 'x64', undefined],
])('the native code for %s on %s is %s', (platform, arch, expected) => {
  expect(binaryPackage(platform, arch)).toBe(expected)
})

test('npm installs both packages of one version, without optional packages and scripts', () => {
  expect(installArguments('@node-llama-cpp/linux-x64').join(' ')).toBe(
    'install --omit=optional --ignore-scripts --no-audit --no-fund --save-exact node-llama-cpp@3.21.1 @node-llama-cpp/linux-x64@3.21.1',
  )
})

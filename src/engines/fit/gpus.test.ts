import { expect, test } from 'vitest'
import { parseGpus } from './gpus.ts'

test.each([
  ['8xA100-80GB', { count: 8, name: 'A100-80GB', gib: 80 }],
  ['8 x a100-80gb', { count: 8, name: 'A100-80GB', gib: 80 }],
  ['T4', { count: 1, name: 'T4', gib: 15 }],
  ['2xH100', { count: 2, name: 'H100-80GB', gib: 81_559 / 1024 }],
  ['4x4090', { count: 4, name: 'RTX4090', gib: 24_564 / 1024 }],
  ['4xL40S', { count: 4, name: 'L40S', gib: 46_068 / 1024 }],
  ['4xL4', { count: 4, name: 'L4', gib: 23_034 / 1024 }],
  ['4x48', { count: 4, name: '48 GiB', gib: 48 }],
  ['4x47.5GiB', { count: 4, name: '47.5 GiB', gib: 47.5 }],
])('%s', (text, gpus) => {
  expect(parseGpus(text)).toEqual(gpus)
})

test.each([
  ['8xA100', '"A100" is A100-40GB or A100-80GB.'],
  ['8xA101', 'There is no GPU "A101" in the table.'],
  ['0xT4', 'There is no number of GPUs in "0xT4".'],
  ['8x', 'There is no GPU "8x" in the table.'],
  ['', 'There is no number of GPUs in "".'],
  ['2x0', 'There is no GPU "0" in the table.'],
])('%s is refused', (text, message) => {
  expect(() => parseGpus(text)).toThrowError(message)
})

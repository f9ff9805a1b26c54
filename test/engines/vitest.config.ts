import { defineConfig } from 'vitest/config'

/** Real engines, each in the Python environment that `assay engines setup` makes: minutes, and gigabytes on disk. */
export default defineConfig({
  test: {
    include: ['test/engines/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // One engine at a time: each takes what the machine has.
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 1_800_000,
  },
})

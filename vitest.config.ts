/** Three layers of tests: unit needs no outside process, integration needs real services, e2e needs the whole system. */
import { defineConfig } from 'vitest/config'

const integration = 'packages/*/src/**/*.integration.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Files share what they import: a third of the time. No test changes a module.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [integration, '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: [integration],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/src/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
})

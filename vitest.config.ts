/**
 * Layers of tests: unit needs no outside process, integration needs real services, e2e needs the whole system, launcher has Ray's
 * own launcher start the nodes, life cuts machines off and waits until that is told, api has schemathesis call the control plane, and
 * engines runs what meets an engine on the newest ones, which are built from source.
 */
import { defineConfig } from 'vitest/config'

const integration = 'packages/*/src/**/*.integration.test.ts'
const onNewestAlone = 'e2e/src/engines/**/*.test.ts'
const launcher = 'e2e/src/ray-launcher.test.ts'
const api = 'e2e/src/api/*.test.ts'
const life = 'e2e/src/cluster-life.test.ts'

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
          exclude: [onNewestAlone, launcher, life, api, '**/node_modules/**'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'launcher',
          include: [launcher],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'life',
          include: [life],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'api',
          include: [api],
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'engines',
          include: [
            onNewestAlone,
            'packages/agent/src/engine/docker.integration.test.ts',
            'packages/agent/src/pull/pull.integration.test.ts',
            'e2e/src/node-faults.test.ts',
          ],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
})

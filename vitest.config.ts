/**
 * Layers of tests: unit needs no outside process, integration needs real services, testkit proves those services themselves, e2e needs the
 * whole system, machines boots systemd, installs programs and fills a disk, clusters runs a real Ray for minutes (its own launcher starts the
 * nodes; machines are cut off until that is reported), console walks the web console in a real browser, replicas covers what three replicas
 * and one PostgreSQL could change, api has schemathesis call the control plane, engines runs whatever meets an engine on the newest ones, which
 * are built from source, kubernetes runs a real one with KubeRay, release installs and uses what is published, and chaos injects real faults
 * at random moments: few here, many with `npm run test:chaos`.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './scripts/testing/longest-first.ts'

const integration = 'packages/*/src/**/*.integration.test.ts'
const testkit = 'packages/testkit/src/**/*.integration.test.ts'
const machines = 'e2e/src/machines/*.test.ts'
const onNewestAlone = 'e2e/src/engines/**/*.test.ts'
/** Beside the code: what only the newest of an engine does. */
const newest = 'packages/{credential-path/src/engine,doors/src/{engines/*,guide}}/newest.integration.test.ts'
/** A real Kubernetes. */
const kubernetes = ['packages/testkit/src/kubernetes/*.integration.test.ts', 'e2e/src/kubernetes/*.test.ts']
const clusters = ['e2e/src/ray-launcher.test.ts', 'e2e/src/cluster-life.test.ts']
const api = 'e2e/src/api/*.test.ts'
const webConsole = 'e2e/src/console/**/*.test.ts'
/** Files of the console layer whose browser is on this host, and not on a machine in a test network. */
const onLoopback = 'e2e/src/console/{firefox,first-steps,forms,lists,live,offline,pods,sign-in,tabs}.test.ts'
const replicas = 'e2e/src/replicas.test.ts'
const release = 'e2e/src/release/*.test.ts'
const chaos = ['e2e/src/chaos/*.test.ts', '{packages/*,bench}/src/**/*.chaos.test.ts']
const ownLayers = [onNewestAlone, ...kubernetes, machines, ...clusters, api, webConsole, replicas, release, ...chaos]

/** What replicas can change: work that one begins and another ends, and data that all of them see. Everything else is local to one process. */
const onReplicas = {
  [replicas]: 'of them',
  'e2e/src/two-nodes.test.ts':
    'who waits, who ends and the nodes are at different ones; all are killed at once; their memory and PostgreSQL are searched for the password',
  'e2e/src/join-by-proof.test.ts': 'the challenge and its answer, a second join and a revocation meet different ones',
  'e2e/src/observability.test.ts': 'records come through each of them, and the backup is of PostgreSQL',
}

/** Variables that a machine's own shell may set: a process that holds passwords refuses to start with them (S15), and tests start such ones. */
const withoutAuthorities = { NODE_EXTRA_CA_CERTS: '', NODE_USE_SYSTEM_CA: '', OPENSSL_CONF: '' }

/** Processes that tests start read code that an earlier one compiled: this halves the time that each needs to start. */
const env = { ...withoutAuthorities, NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache', 'compiled') }

/** Files share their imports, and no test changes a module: a third of the time of the unit tests, 2 s of processor time for other files. */
const isolate = false

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // The identity provider of the tests warns each time that it forgets everything when it ends.
    onConsoleLog: (log) => !log.startsWith('oidc-provider WARNING'),
    projects: [
      {
        test: {
          name: 'unit',
          env,
          isolate,
          // They wait a third of the time: on two cores, four take 77 s where two take 107, and Vitest would choose one.
          maxWorkers: availableParallelism() + 2,
          // Each needs only milliseconds; a machine that is busy with other work may stall for seconds.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
          setupFiles: ['scripts/testing/property-failures.ts'],
          include: ['{packages/*,bench}/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [integration, ...chaos, '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          env,
          isolate,
          include: [integration],
          exclude: [testkit, newest, '**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // They mostly wait, each for processes of its own.
          maxWorkers: 3,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'testkit',
          env,
          isolate,
          include: [testkit],
          exclude: [...kubernetes, '**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 3,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          isolate,
          env,
          include: ['e2e/src/**/*.test.ts'],
          exclude: [...ownLayers, '**/node_modules/**'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'machines',
          isolate,
          env,
          include: [machines],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'console',
          isolate,
          env,
          include: [webConsole],
          exclude: [onLoopback],
          globalSetup: 'e2e/src/console/built-console.ts',
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: Math.max(2, availableParallelism()),
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          // The second part of the layer: chromium aborts its loading when a host network changes, and files in the first part create networks.
          name: 'console-loopback',
          isolate,
          env: withoutAuthorities,
          include: [onLoopback],
          globalSetup: 'e2e/src/console/built-console.ts',
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // They spend most of their time waiting.
          maxWorkers: Math.max(3, availableParallelism()),
          sequence: { groupOrder: 1 },
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: 'replicas',
          isolate,
          include: Object.keys(onReplicas),
          env: { ...env, FAIRLEAD_TEST_REPLICAS: '3' },
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'clusters',
          env,
          include: clusters,
          // A real Ray starts only while no other does.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 3,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'api',
          env,
          include: [api],
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'release',
          isolate,
          env,
          include: [release],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: 'chaos',
          isolate,
          env,
          include: [...chaos, 'packages/control-plane/src/crash.integration.test.ts'],
          // A test is all rounds of one fault, which begin within that many minutes; the last of them may take long.
          testTimeout: (Number(process.env['FAIRLEAD_CHAOS_MINUTES'] ?? 10) + 30) * 60_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: 'kubernetes',
          isolate,
          env,
          include: kubernetes,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // A cluster is a dozen programs, and a real Ray starts in one.
          maxWorkers: 1,
          // What it watches takes seconds, and needs the processors for them.
          expect: { poll: { timeout: 30_000, interval: 250 } },
        },
      },
      {
        test: {
          name: 'engines',
          isolate,
          env,
          include: [
            onNewestAlone,
            newest,
            'packages/credential-path/src/engine/docker.integration.test.ts',
            'packages/credential-path/src/pull/pull.integration.test.ts',
            'e2e/src/node-faults.test.ts',
          ],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 3,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
})

/** `fairlead cluster-env`: the arguments of each command. The commands themselves are loaded when they run. */
import { buildRouteMap } from '@stricli/core'
import {
  jsonFlag,
  listFlags,
  oneArgument,
  providerFlag,
  remoteFlags,
  switchFlag,
  textFlag,
  timeoutFlag,
  yesOrNoFlag,
} from '../../flags.ts'
import { command } from '../../help.ts'
import { byName, named, namingFlag } from '../../named.ts'

const environment = named('environment', 'NAME', 'The cluster environment')
const environmentToList = named('environment', 'NAME', 'List the builds of this one')
const revision = named('environment', 'NAME[:REVISION]', 'The newest build, or that revision')
const revisionOrId = named('environment', 'NAME[:REVISION]', 'The build (name or id)')

const build = command({
  loader: async () => import('./build.ts'),
  parameters: {
    positional: oneArgument('FILE.yaml', 'The configuration; - for standard input'),
    flags: {
      name: namingFlag('environment', 'NAME', 'Name of the cluster environment (default: the file name)'),
      cloudName: namingFlag('cloud', 'CLOUD', 'The cloud whose nodes run it; required if there are several'),
      timeout: timeoutFlag('work'),
      noWait: switchFlag('Only register; do not wait for the check'),
      requireCheck: switchFlag('Fail if no node is online to check it'),
      prefetch: yesOrNoFlag('Let idle nodes bring the image once it is checked, or not (default: as the cloud says)'),
      waitPrefetch: switchFlag('Prefetch the image, and wait until every idle node that can has it'),
      ...remoteFlags,
    },
    aliases: { n: 'name' },
  },
  docs: {
    brief: 'Register an image, and check on a node that it can be pulled',
    fullDescription:
      'Reads docker_image, ray_version, env_vars and registry_login_secret from FILE.yaml. The secret itself stays in your\n' +
      'secret manager: its name is stored, and only nodes read it. An existing name gets a new build.',
  },
  examples: [
    'fairlead cluster-env build -n my-env my_cluster_env.yaml',
    'fairlead cluster-env build my_cluster_env.yaml --require-check --json',
    'fairlead cluster-env build my_cluster_env.yaml --prefetch',
    'fairlead cluster-env build my_cluster_env.yaml --wait-prefetch --timeout 600',
  ],
})

const list = command({
  loader: async () => import('./list.ts'),
  parameters: byName(environmentToList, {
    id: textFlag('ID', 'Its id, instead of its name'),
    includeArchived: switchFlag('Archived ones too'),
    ...listFlags,
  }),
  docs: { brief: 'List cluster environments, or the builds of one' },
  examples: ['fairlead cluster-env list', 'fairlead cluster-env list my-env'],
})

const get = command({
  loader: async () => import('./get.ts'),
  parameters: byName(revision, {
    id: textFlag('BUILD_ID', 'The id of the build, instead of its name'),
    ...remoteFlags,
  }),
  docs: { brief: 'Show a build: image, digest, check steps and problem' },
  examples: ['fairlead cluster-env get my-env', 'fairlead cluster-env get my-env:2 --json'],
})

const archive = command({
  loader: async () => import('./archive.ts'),
  parameters: byName(environment, { id: textFlag('ID', 'Its id, instead of its name'), ...remoteFlags }),
  docs: { brief: 'Archive a cluster environment; no more clusters can start from it' },
  examples: ['fairlead cluster-env archive my-env'],
})

const schema = command({
  loader: async () => import('./schema.ts'),
  parameters: {},
  docs: { brief: 'Print the JSON Schema of the file, for editors' },
  examples: ['fairlead cluster-env schema > cluster-env.schema.json'],
})

const lint = command({
  loader: async () => import('./lint.ts'),
  parameters: {
    positional: oneArgument('FILE.yaml', 'The configuration; - for standard input'),
    flags: {
      provider: providerFlag('Check the secret reference for this provider'),
      ...jsonFlag,
    },
  },
  docs: { brief: 'Check a file offline for mistakes and likely mistakes' },
  examples: [
    'fairlead cluster-env lint my_cluster_env.yaml',
    'fairlead cluster-env lint my_cluster_env.yaml --provider aws',
  ],
})

const verify = command({
  loader: async () => import('./verify.ts'),
  parameters: byName(revisionOrId, {
    timeout: timeoutFlag('work'),
    requireCheck: switchFlag('Fail if no node is online to check it'),
    ...remoteFlags,
  }),
  docs: { brief: 'Check a build again, after you fixed a secret or a registry' },
  examples: ['fairlead cluster-env verify my-env:2'],
})

export const clusterEnvRoutes = buildRouteMap({
  routes: { build, list, get, archive, lint, schema, verify },
  docs: { brief: 'Register, check and list images' },
})

/** `fairlead cluster`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import {
  listFlags,
  manyArguments,
  parsedFlag,
  remoteFlags,
  switchFlag,
  textFlag,
  timeoutFlag,
  wholeNumber,
} from '../../flags.ts'
import { command } from '../../help.ts'
import { byName, named, namingFlag } from '../../named.ts'
import { refusedStartFlags } from './refused-flags.ts'

const cluster = named('cluster', 'NAME', 'The cluster')
const id = textFlag('ID', 'Its id, instead of its name')

const start = command({
  loader: async () => import('./start.ts'),
  parameters: byName(cluster, {
    id,
    env: namingFlag('environment', 'NAME[:REVISION]', 'The cluster environment; needed for a new cluster'),
    cloudName: namingFlag('cloud', 'CLOUD', 'The cloud whose nodes run it; required if there are several'),
    workers: parsedFlag(wholeNumber(0, 1000), 'N', 'Nodes in addition to the head (default 0)'),
    noPinDigest: switchFlag("Pull what the tag points to now, not the build's digest"),
    timeout: timeoutFlag('start'),
    noWait: switchFlag('Do not wait until it runs'),
    ...remoteFlags,
    ...refusedStartFlags,
  }),
  docs: {
    brief: 'Create and start a cluster, and wait until Ray runs on all its nodes',
    fullDescription:
      'An existing cluster is started again, with these settings. Every node reads the secret itself, and pulls the\n' +
      "build's digest. Ctrl-C leaves the start running.",
  },
  examples: [
    'fairlead cluster start -n train --env my-env --workers 1',
    'fairlead cluster start -n train --env my-env:2',
    'fairlead cluster start -n train --no-wait --json',
  ],
})

const status = command({
  loader: async () => import('./status.ts'),
  parameters: {
    ...byName(cluster, {
      id,
      watch: switchFlag('Follow it until it ends; with --json, one line per change'),
      ...remoteFlags,
    }),
    aliases: { n: 'name', w: 'watch' },
  },
  docs: { brief: 'Show a cluster, its nodes and its problem' },
  examples: ['fairlead cluster status train', 'fairlead cluster status -n train --watch'],
})

const list = command({
  loader: async () => import('./list.ts'),
  parameters: { flags: listFlags },
  docs: { brief: 'List clusters, newest first' },
  examples: ['fairlead cluster list', 'fairlead cluster list --json'],
})

const connect = command({
  loader: async () => import('./connect.ts'),
  parameters: {
    ...byName(cluster, { id, ...remoteFlags }),
    positional: manyArguments('NAME -- COMMAND', 'The cluster, unless a flag names it; then the command to run'),
  },
  docs: {
    brief: 'Run a command connected to Ray in a cluster, with its address and token',
    fullDescription:
      "Sets RAY_ADDRESS, and RAY_AUTH_TOKEN if Ray requires a token, in the command's environment, so that ray.init() connects.\n" +
      'Without a command, prints them for a shell: eval "$(fairlead cluster connect -n NAME)". Viewers get no token.\n' +
      'The Python that runs ray.init() needs ray[client] in the version of the image.',
  },
  examples: [
    'fairlead cluster connect -n train -- python train.py',
    'fairlead cluster connect -n train -- python -c "import ray; ray.init(); print(ray.nodes())"',
    'eval "$(fairlead cluster connect -n train)"',
  ],
})

const logs = command({
  loader: async () => import('./logs.ts'),
  parameters: byName(cluster, { id, ...remoteFlags }),
  docs: {
    brief: 'Show what the containers of a cluster printed last, if the owners of its nodes share it',
    fullDescription:
      'The owner of a node decides: `share_logs: true` in its policy file shares the output of failed containers;\n' +
      '`share_logs: always` also that of running ones. Values of env vars are replaced by their names. Viewers get none of it.',
  },
  examples: ['fairlead cluster logs train', 'fairlead cluster logs -n train --json'],
})

const terminate = command({
  loader: async () => import('./terminate.ts'),
  parameters: byName(cluster, {
    id,
    timeout: timeoutFlag('termination'),
    noWait: switchFlag('Do not wait until it is done'),
    ...remoteFlags,
  }),
  docs: { brief: 'Stop Ray and remove its containers' },
  examples: ['fairlead cluster terminate train'],
})

const remove = command({
  loader: async () => import('./delete.ts'),
  parameters: byName(cluster, { id, ...remoteFlags }),
  docs: {
    brief: 'Delete a cluster that has ended; the records of its pulls stay',
    fullDescription: 'Its name is free again. A cluster that runs is refused: terminate it first.',
  },
  examples: ['fairlead cluster delete train'],
})

export const clusterRoutes = buildRouteMap({
  routes: { start, status, connect, logs, list, terminate, delete: remove },
  docs: { brief: 'Start, follow and stop Ray clusters' },
})

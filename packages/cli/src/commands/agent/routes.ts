/** `fairlead agent`: what each command takes. */
import { buildCommand, buildRouteMap } from '@stricli/core'
import { jsonFlag, pathFlag, remoteFlags, switchFlag, textFlag } from '../../flags.ts'
import { withExamples } from '../../help.ts'
import { defaultPaths, policyFlag } from './paths.ts'

const stateDir = pathFlag('DIR', defaultPaths.stateDir, "The node's own key and records")
const policy = policyFlag

const join = withExamples(
  buildCommand({
    loader: async () => import('./join.ts'),
    parameters: {
      flags: {
        name: textFlag('NAME', "The node's name; by default the id of the instance with --cloud, else the host name"),
        provider: {
          kind: 'enum',
          values: ['aws', 'gcp', 'local'],
          default: 'local',
          brief: 'Where this machine has its identity and secrets',
        },
        cloud: textFlag('CLOUD', 'Join without a token: AWS or Google Cloud says what the machine is'),
        caSha256: textFlag('HEX', 'With --cloud: the CA of a control plane that made its own'),
        checker: switchFlag('Only check builds: no Docker, no clusters'),
        replace: switchFlag('Join as a new node in place of the one that this machine is'),
        tokenFile: textFlag('FILE', 'Read the join token from this 0600 file, not from standard input'),
        stateDir,
        policy,
        ...remoteFlags,
      },
    },
    docs: {
      brief: 'Join this machine as a node',
      fullDescription:
        '`fairlead node join-token` prints what to type. Where a token is needed, it is used once and read from standard input.\n' +
        'To run the agent under systemd, run `fairlead agent install` first; the agent then starts automatically.\n' +
        'A machine whose node was revoked, or left, joins as a new one.',
    },
  }),
  [
    'fairlead agent join --host https://fairlead.example.com:8470 --provider aws --cloud prod',
    'fairlead agent join --host https://fairlead.example.com:8470 --provider local',
    'fairlead agent join --host http://127.0.0.1:8470 --token-file join.token',
  ],
)

const leave = withExamples(
  buildCommand({
    loader: async () => import('./leave.ts'),
    parameters: {
      flags: {
        stateDir,
        atShutdown: switchFlag('Only where systemd powers the machine off, and it joined by proof; as the unit does'),
        ...jsonFlag,
      },
    },
    docs: {
      brief: 'Stop being a node',
      fullDescription:
        'The agent must be stopped, and no cluster may count on the node. Policy and records stay; the key is removed.\n' +
        'With --at-shutdown it stays, and the agent proves the machine again when it comes back.',
    },
  }),
  ['sudo systemctl disable --now fairlead-agent && sudo fairlead agent leave'],
)

const run = withExamples(
  buildCommand({
    loader: async () => import('./run.ts'),
    parameters: {
      flags: {
        stateDir,
        policy,
        secretsDir: pathFlag('DIR', defaultPaths.secretsDir, 'Secrets of a node of provider local'),
        dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, 'The Docker Engine'),
        advertiseAddress: textFlag('ADDRESS', 'Where other nodes reach this one'),
        metricsListen: textFlag('HOST:PORT', 'Metrics of this node for Prometheus, without a token; by default none'),
        checker: switchFlag('Only check builds: no Docker, no clusters'),
      },
    },
    docs: {
      brief: 'Run the agent of this node',
      fullDescription: 'Its log goes to standard error, one JSON object a line. Containers run on when it ends.',
    },
  }),
  ['fairlead agent run'],
)

const status = withExamples(
  buildCommand({
    loader: async () => import('./status.ts'),
    parameters: { flags: { stateDir, ...jsonFlag } },
    docs: { brief: 'Who this node is, and whether its agent runs' },
  }),
  ['fairlead agent status'],
)

const logs = withExamples(
  buildCommand({
    loader: async () => import('./logs.ts'),
    parameters: { flags: { stateDir, ...jsonFlag } },
    docs: { brief: 'The last lines of a container that failed on this node' },
  }),
  ['fairlead agent logs'],
)

const placeFlags = {
  binDir: pathFlag('DIR', '/usr/local/bin', 'Where the programs are'),
  root: textFlag('DIR', 'Write under this folder, as for the image of a machine, and start nothing'),
  dryRun: switchFlag('Only print what would be done'),
  ...jsonFlag,
} as const

const install = withExamples(
  buildCommand({
    loader: async () => import('./install.ts'),
    parameters: {
      flags: { executable: textFlag('FILE', 'The one-file executable to install; by default this one'), ...placeFlags },
    },
    docs: {
      brief: 'Install the agent of this machine, or a newer one in its place',
      fullDescription:
        'The executable, a systemd unit that starts it, a policy to fill in, and the folders of both. Containers run on.',
    },
  }),
  ['sudo ./fairlead-linux-x64 agent install', 'fairlead agent install --dry-run'],
)

const uninstall = withExamples(
  buildCommand({
    loader: async () => import('./uninstall.ts'),
    parameters: {
      flags: {
        purge: switchFlag("Also policy, secrets and state: the node's key and records"),
        ...placeFlags,
      },
    },
    docs: { brief: 'Remove the agent of this machine; containers keep running' },
  }),
  ['sudo fairlead agent uninstall', 'sudo fairlead agent uninstall --purge'],
)

export const agentRoutes = buildRouteMap({
  routes: { install, join, run, status, logs, leave, uninstall },
  docs: { brief: 'Install, join, run, inspect and remove the agent of a node' },
})

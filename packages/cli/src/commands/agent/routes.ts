/** `fairlead agent`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { jsonFlag, pathFlag, remoteFlags, switchFlag, textFlag, textsFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { executableFlag, placeFlags, removalFlags } from '../../machine-steps/place-flags.ts'
import { proofFlags } from './proof-flags.ts'
import { defaultPaths, policyFlag } from './paths.ts'

const stateDir = pathFlag('DIR', defaultPaths.stateDir, "The node's own key and records")
const policy = policyFlag

const join = command({
  loader: async () => import('./join.ts'),
  parameters: {
    flags: {
      ...proofFlags,
      checker: switchFlag('Only check builds: no Docker, no clusters'),
      replace: switchFlag("Join as a new node that replaces this machine's current one"),
      tokenFile: textFlag('FILE', 'Read the join token from this 0600 file, not from standard input'),
      stateDir,
      policy,
      ...remoteFlags,
    },
  },
  docs: {
    brief: 'Join this machine as a node',
    fullDescription:
      '`fairlead node join-token` prints the command to run. If a token is needed, it is used once and read from standard input.\n' +
      'To run the agent under systemd, run `fairlead agent install` first; the agent then starts automatically.\n' +
      'A machine whose node was revoked, or left, joins as a new one.',
  },
  examples: [
    'fairlead agent join --host https://fairlead.example.com:8470 --provider aws --cloud prod',
    'fairlead agent join --host https://fairlead.example.com:8470 --provider local',
    'fairlead agent join --host http://127.0.0.1:8470 --token-file join.token',
  ],
})

const leave = command({
  loader: async () => import('./leave.ts'),
  parameters: {
    flags: {
      stateDir,
      atShutdown: switchFlag('Only if systemd powers the machine off and it joined by cloud identity (for the unit)'),
      ...jsonFlag,
    },
  },
  docs: {
    brief: 'Stop being a node',
    fullDescription:
      'Stop the agent first; no cluster may be using the node. Policy and records stay; the key is removed.\n' +
      'With --at-shutdown the key stays, and the machine joins again by cloud identity when it comes back.',
  },
  examples: ['sudo systemctl disable --now fairlead-agent && sudo fairlead agent leave'],
})

const run = command({
  loader: async () => {
    // The young generation never shrinks again, so it must not grow: neither while the code is loaded, nor with the chunks of a pull.
    const { setFlagsFromString } = process.getBuiltinModule('node:v8')
    setFlagsFromString('--semi-space-growth-factor=1')
    return import('./run.ts')
  },
  parameters: {
    flags: {
      stateDir,
      policy,
      secretsDir: pathFlag('DIR', defaultPaths.secretsDir, 'Secrets of a node of provider local'),
      dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, 'The Docker Engine'),
      advertiseAddress: textFlag('ADDRESS', 'Address at which other nodes reach this one'),
      metricsListen: textFlag('HOST:PORT', 'Metrics of this node for Prometheus, without a token; by default none'),
      checker: switchFlag('Only check builds: no Docker, no clusters'),
      keepDoors: switchFlag(
        "Write the engines' files from the owner's file, like `door open`, and restore them if they change",
      ),
      healthListen: textFlag('HOST:PORT', 'Answer /readyz: whether every engine uses its doors; by default none'),
      daemonset: textFlag('NAME', 'In a pod: clean up the node when this DaemonSet is deleted'),
      podsOfNode: textFlag('NODE', "In a pod: record which of this node's pods each image was pulled for"),
      untaintNode: textFlag('NODE', 'In a pod: remove the start taint of this node when all doors are open'),
      leave: switchFlag('Also stop being a node when it ends, if the machine proved itself'),
      ...proofFlags,
      host: remoteFlags.host,
      caFile: remoteFlags.caFile,
    },
  },
  docs: {
    brief: 'Run the agent of this node',
    fullDescription:
      'It logs to standard error, one JSON object per line. Containers keep running when it stops.\n' +
      'With --cloud, a machine that is not a node yet joins first, and tries until it succeeds.\n' +
      '--keep-doors, --health-listen, --daemonset, --pods-of-node and --untaint-node are for Kubernetes, where the chart sets them.',
  },
  examples: [
    'fairlead agent run',
    'fairlead agent run --checker --host https://fairlead.example.com --cloud prod --kubernetes-token token',
  ],
})

const status = command({
  loader: async () => import('./status.ts'),
  parameters: { flags: { stateDir, ...jsonFlag } },
  docs: { brief: "Show this node's identity, and whether its agent is running" },
  examples: ['fairlead agent status'],
})

const logs = command({
  loader: async () => import('./logs.ts'),
  parameters: { flags: { stateDir, ...jsonFlag } },
  docs: { brief: 'Show the last lines of a container that failed on this node' },
  examples: ['fairlead agent logs'],
})

const install = command({
  loader: async () => import('./install.ts'),
  parameters: {
    flags: {
      executable: executableFlag,
      door: textsFlag(
        'HOST[/PREFIX]=SECRET',
        'Also open this door, as `fairlead door open` does; may be given several times',
      ),
      ...placeFlags,
    },
  },
  docs: {
    brief: 'Install the agent on this machine, or update it',
    fullDescription:
      'Installs the executable, a systemd unit that starts it, a policy to fill in, and their folders. Containers keep running.',
  },
  examples: [
    'sudo ./fairlead-linux-x64 agent install',
    'sudo ./fairlead-linux-x64 agent install --door example.jfrog.io=team/registry-login',
    'fairlead agent install --dry-run',
  ],
})

const uninstall = command({
  loader: async () => import('./uninstall.ts'),
  parameters: {
    flags: {
      purge: switchFlag("Also remove policy, secrets and state: the node's key and records"),
      ...removalFlags,
    },
  },
  docs: { brief: 'Close the doors of this machine and remove its agent; containers keep running' },
  examples: ['sudo fairlead agent uninstall', 'sudo fairlead agent uninstall --purge'],
})

export const agentRoutes = buildRouteMap({
  routes: { install, join, run, status, logs, leave, uninstall },
  docs: { brief: 'Install, join, run, inspect and remove the agent of a node' },
})

/** `fairlead door`: the arguments of each command. */
import type { DoorEngine } from '@fairlead/contract/wire'
import { buildRouteMap } from '@stricli/core'
import { choiceFlag, jsonFlag, pathFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { defaultPaths, policyFlag } from '../agent/paths.ts'

const engines = ['docker', 'containerd', 'podman'] as const satisfies readonly DoorEngine[]

const placeFlags = {
  policy: policyFlag,
  stateDir: pathFlag('DIR', defaultPaths.stateDir, "The agent's folder, with the keys of the doors"),
  dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, 'The Docker Engine'),
  ...jsonFlag,
} as const

const engine = choiceFlag(
  engines,
  'Only this engine; by default each that is here (podman: also CRI-O, buildah and skopeo)',
)

const root = textFlag(
  'DIR',
  'Write files under this folder, for a machine image; nothing runs there, so nothing is tried',
)
const dryRun = switchFlag('Only print what would be done')

/** `propose`: what the shell completes, loaded only when it asks. */
function places(placeholder: string, brief: string, propose?: 'proposeDoors' | 'proposeRegistries') {
  const proposeCompletions = async (partial: string): Promise<readonly string[]> => {
    if (propose === undefined) return []
    const doors = await import('./propose-doors.ts')
    return doors[propose](defaultPaths.policy, partial)
  }
  return { kind: 'array', parameter: { parse: String, placeholder, brief, proposeCompletions } } as const
}

const open = command({
  loader: async () => import('./open.ts'),
  parameters: {
    positional: places('HOST[/PREFIX][=SECRET]', 'A registry or a part of it, and the secret with its login'),
    flags: {
      allow: switchFlag('Also let images come from there (allowed_registries)'),
      engine,
      root,
      dryRun,
      ...placeFlags,
    },
  },
  docs: {
    brief: 'Let the engines of this machine pull from a registry, and hold no login',
    fullDescription:
      "Adds the doors to the owner's file, and writes the files that make each engine ask the agent for that registry. Then each engine\n" +
      'must pull a name that only the agent can answer: if it asks elsewhere, its files are taken back. No daemon is restarted.\n' +
      "Without arguments, applies what the owner's file says.",
  },
  examples: [
    'sudo fairlead door open example.jfrog.io=team/registry-login',
    'sudo fairlead door open example.jfrog.io=login example.jfrog.io/research=research-login docker.io/team=hub-login',
    'fairlead door open --root ./image',
  ],
})

const close = command({
  loader: async () => import('./close.ts'),
  parameters: {
    positional: places('HOST[/PREFIX]', 'A door, as `fairlead door list` prints it', 'proposeDoors'),
    flags: { all: switchFlag('Close all of them'), root, dryRun, ...placeFlags },
  },
  docs: {
    brief: "Close doors: this machine's engines contact the registry directly again",
    fullDescription:
      "Removes the doors from the owner's file, and the files of engines that no other door needs; puts back what was there before.\n" +
      'Needs neither the agent nor an engine.',
  },
  examples: ['sudo fairlead door close example.jfrog.io', 'sudo fairlead door close --all'],
})

const list = command({
  loader: async () => import('./list.ts'),
  parameters: { flags: { engine, ...placeFlags } },
  docs: {
    brief: 'Show the doors of this machine, and whether each engine uses them',
    fullDescription: 'As root, each engine is asked to pull a name that only the agent can answer.',
  },
  examples: ['sudo fairlead door list', 'sudo fairlead door list --json'],
})

const test = command({
  loader: async () => import('./test.ts'),
  parameters: {
    positional: places('HOST', 'A registry with a door; by default all of them', 'proposeRegistries'),
    flags: { engine, ...placeFlags },
  },
  docs: {
    brief: 'Let each engine pull a name that only the agent can answer',
    fullDescription:
      'Prints what an engine says if the agent did not answer. Run it after an engine was restarted or updated.',
  },
  examples: ['sudo fairlead door test', 'sudo fairlead door test example.jfrog.io --engine containerd'],
})

export const doorRoutes = buildRouteMap({
  routes: { open, close, list, test },
  docs: { brief: 'Let Docker, containerd and podman pull private images through the agent, without a login' },
})

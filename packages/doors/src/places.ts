/** Where the doors find what they need. The lightweight half: a start that asks the agent reads nothing else. */
import { homeFolder, userFolder } from '@fairlead/credential-path/process/home-folder'
import { join } from 'node:path'

export interface Places {
  /** The user's own map of logins first, then the machine's. */
  readonly maps: readonly string[]
  /** Null: the default file, which may be absent. */
  readonly policyFile: string | null
  readonly secretsDir: string
  /** The folder of the agent's socket. */
  readonly stateDir: string
  /** Where this user's decisions are logged. */
  readonly decisionsFile: string
}

type Environment = Readonly<Record<string, string | undefined>>

export const loginMapName = 'docker-credential.yaml'
export const machineFolder = '/etc/fairlead'
/** The map of the kubelet's provider, and of the doors of the registries in it. */
export const kubeletLoginMap = join(machineFolder, 'kubelet-credential-provider.yaml')

export function placesOf(env: Environment, uid: number, home = homeFolder()): Places {
  const stateDir = env['FAIRLEAD_STATE_DIR'] || '/var/lib/fairlead'
  const ownState = join(userFolder(env['XDG_STATE_HOME'], home, '.local', 'state'), 'fairlead')
  return {
    maps: [userLoginMap(env, home), join(machineFolder, loginMapName)],
    policyFile: null,
    secretsDir: join(machineFolder, 'secrets'),
    stateDir,
    decisionsFile: join(uid === 0 ? stateDir : ownState, 'login-decisions.jsonl'),
  }
}

export function userLoginMap(env: Environment, home: string): string {
  return join(userFolder(env['XDG_CONFIG_HOME'], home, '.config'), 'fairlead', loginMapName)
}

/** In the state folder, which only its owner can access. */
export function agentSocket(stateDir: string): string {
  return join(stateDir, 'logins.sock')
}

/** Where a node keeps its own files by default. */
import { homeFolder, userFolder } from '@fairlead/credential-path/process/home-folder'
import { join, resolve } from 'node:path'
import { textFlag } from '../../flags.ts'

export const defaultPaths = {
  stateDir: '/var/lib/fairlead',
  policy: '/etc/fairlead/policy.yaml',
  secretsDir: '/etc/fairlead/secrets',
  dockerSocket: '/var/run/docker.sock',
} as const

/** A file named by the user must exist; the one at the default path is optional. */
export const policyFlag = textFlag('FILE', `The node owner's own file; by default ${defaultPaths.policy}`)

export interface PolicyFlags {
  readonly policy?: string
}

export function namedPolicy({ cwd }: { readonly cwd: string }, { policy }: PolicyFlags): string | null {
  return policy === undefined ? null : resolve(cwd, policy)
}

/**
 * Where `fairlead pull` keeps its records, and the proofs that save a second download (S16). Separate from an agent's, because its
 * records belong to a node.
 */
export function pullStateDir(env: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return `${defaultPaths.stateDir}/once`
  return join(userFolder(env['XDG_STATE_HOME'], homeFolder(), '.local', 'state'), 'fairlead', 'once')
}

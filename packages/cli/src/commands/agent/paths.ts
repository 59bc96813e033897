/** Where a node keeps what is its own, unless told otherwise. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { textFlag } from '../../flags.ts'

export const defaultPaths = {
  stateDir: '/var/lib/fairlead',
  policy: '/etc/fairlead/policy.yaml',
  secretsDir: '/etc/fairlead/secrets',
  dockerSocket: '/var/run/docker.sock',
} as const

/** Named, it must be there; a node may do without the one at the standard place. */
export const policyFlag = textFlag('FILE', `The node owner's own file; by default ${defaultPaths.policy}`)

export interface PolicyFlags {
  readonly policy?: string
}

export function namedPolicy({ cwd }: { readonly cwd: string }, { policy }: PolicyFlags): string | null {
  return policy === undefined ? null : resolve(cwd, policy)
}

/**
 * Where `fairlead pull` keeps its records, and the proofs that save a second download (S16). Apart from an agent's: its records
 * belong to a node.
 */
export function pullStateDir(env: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return `${defaultPaths.stateDir}/once`
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead', 'once')
}

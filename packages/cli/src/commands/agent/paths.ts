/** Where a node keeps what is its own, unless told otherwise. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export const defaultPaths = {
  stateDir: '/var/lib/fairlead',
  policy: '/etc/fairlead/policy.yaml',
  secretsDir: '/etc/fairlead/secrets',
  dockerSocket: '/var/run/docker.sock',
} as const

/**
 * Where `fairlead pull` keeps its records, and the proofs that save a second download (S16). Apart from an agent's: its records
 * belong to a node.
 */
export function pullStateDir(env: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return `${defaultPaths.stateDir}/once`
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead', 'once')
}
